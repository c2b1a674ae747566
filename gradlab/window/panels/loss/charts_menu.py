"""How the charts are drawn: what they count in, smoothing and scale."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from gradlab.language import tr, trn
from gradlab.window.charts.formatting import whole
from gradlab.window.charts.x_axis import UNITS, XAxis
from gradlab.window.widgets.menu_choice import MenuChoice
from gradlab.window.widgets.widgets import push_button

_SMOOTHING = (1, 5, 10, 20, 50, 100, 500, 1000)
_FIRST_SMOOTHING = 20


class ChartsMenu(QMenu):
    """The menu of the button *View*.

    Attributes:
        changed: emitted when smoothing or scale was chosen.
        button: opens the menu.
        units: what the axis counts in.
        smoothing: over how many updates the smoothed loss is a mean.
        log_scale: whether the loss is drawn in powers of ten.
        whole_height: whether the chart is as high as the highest spike of the loss.
    """

    changed = Signal()

    def __init__(self, axis: XAxis, parent: QWidget) -> None:
        super().__init__(tr("View"), parent)
        self.setToolTipsVisible(True)
        self.button = push_button(tr("View"))
        self.button.setToolTip(tr("What the charts count in along the run, smoothing and log scale."))
        self.button.setMenu(self)
        units = {
            unit: (tr(kind.choice), tr("Along the charts: {what}.").format(what=tr(kind.help)))
            for unit, kind in UNITS.items()
        }
        self.units = MenuChoice("unit", tr("&Horizontal axis"), units, axis.unit, self)
        help = tr("Over how many updates the clear line takes the mean. The pale line stays.")
        counts = {count: (_smoothing_in_words(count), help) for count in _SMOOTHING}
        self.smoothing = MenuChoice("smoothing", tr("&Smoothing"), counts, _FIRST_SMOOTHING, self)
        self.smoothing.chosen.connect(self.changed)
        self.addMenu(self.units)
        self.addMenu(self.smoothing)
        self.log_scale = self.addAction(tr("&Log scale"))
        self.log_scale.setObjectName("log scale")
        self.log_scale.setCheckable(True)
        self.log_scale.setToolTip(
            tr("Each line up is ten times as much: shows small losses as clearly as big ones.")
        )
        self.log_scale.toggled.connect(self.changed)
        self.whole_height = self.addAction(tr("&Whole height"))
        self.whole_height.setObjectName("whole height")
        self.whole_height.setCheckable(True)
        self.whole_height.setToolTip(
            tr(
                "Shows single spikes of the loss up to their top. Else an arrow with their value stands there, "
                "so that the rest of the curve is not flat."
            )
        )
        self.whole_height.toggled.connect(self.changed)


def _smoothing_in_words(count: int) -> str:
    if count == 1:
        return tr("off")
    return trn("{count} update", "{count} updates", count).format(count=whole(count))
