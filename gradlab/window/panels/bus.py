"""What panels share with each other and ask of the lab."""

from PySide6.QtCore import QObject, Signal

from gradlab.window.charts.x_axis import XAxis


class Desk(QObject):
    """Carries what one panel says to whoever it concerns, so that no panel knows another.

    Attributes:
        asked: a kind of record and a wish, for the instrument that makes it.
        setting_wanted: a key of the experiment and its new value, as if typed into the form.
        rows_selected: numbers of rows of the data set (an array; empty for none) to be shown in other panels, and
            in words which rows these are.
        lane_wanted: name of the racing run that the panels are to show.
        pin_wanted: number of a run (``Frame.run``), and whether it is to be kept to compare with.
        run_again_wanted: the run is to be pinned and made again with the other way of zeroing.
        side_by_side_wanted: whether every racing run is to have panels of its own.
        threshold_tried: the probability from which on class 1 is predicted, while somebody looks for a good one.
        panel_wanted: name of a panel that is to be shown.
        lesson_wanted: id of a lesson that is to be opened.
        layer_pointed: name of the layer that is pointed at in one panel, to stand out in all others; empty for
            none.
        x_axis: what panels over time count in, and the part of the run that they show.
    """

    asked = Signal(object, object)
    setting_wanted = Signal(str, object)
    rows_selected = Signal(object, str)
    threshold_tried = Signal(float)
    lane_wanted = Signal(str)
    pin_wanted = Signal(int, bool)
    run_again_wanted = Signal()
    side_by_side_wanted = Signal(bool)
    panel_wanted = Signal(str)
    lesson_wanted = Signal(str)
    layer_pointed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.x_axis = XAxis(self)
