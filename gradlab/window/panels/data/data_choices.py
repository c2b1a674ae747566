"""What can be chosen about the data: how it is shown, in which order, and which rows."""

from PySide6.QtCore import QSignalBlocker, QSize, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QSizePolicy, QWidget
from typing_extensions import override

from gradlab.instruments.records import Counts, DataView, PicturesView, SequencesView, TableView, ViewKind
from gradlab.language import mark, tr, trn
from gradlab.window.charts.formatting import whole
from gradlab.window.widgets.boxes import fill
from gradlab.window.widgets.widgets import QuietComboBox, named, push_button

KIND_NAMES: dict[ViewKind, str] = {
    "plane": mark("Plane"),
    "projection": mark("Projection"),
    "pictures": mark("Pictures"),
    "rows": mark("Rows"),
    "line": mark("Fitted line"),
    "predicted": mark("Predicted"),
    "sequences": mark("Sequences"),
    "maze": mark("Maze"),
}
SORTED = (PicturesView, TableView, SequencesView)


class DataChoices(QWidget):
    """Chooses the view of the data and its order; each control is hidden where there is only one choice.

    Attributes:
        kind_chosen: emitted with the ViewKind that was chosen.
        order_chosen: emitted with whether the worst rows come first.
        view, worst_first: the two controls; ``label`` stands before the first.
    """

    kind_chosen = Signal(str)
    order_chosen = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self._has_views, self._has_room = False, True
        self.view = named(QuietComboBox(), "view", tr("View"), tr("In which way the data is shown."))
        self.view.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.view.setMinimumContentsLength(5)
        self.view.setMaximumWidth(self.view.fontMetrics().averageCharWidth() * 22)
        self.view.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.view.currentIndexChanged.connect(
            lambda number: self.kind_chosen.emit(self.view.itemData(number))
        )
        self.label = QLabel(tr("View"))
        self.label.setBuddy(self.view)
        self.worst_first = QCheckBox(tr("Worst first"))
        self.worst_first.setObjectName("worst first")
        self.worst_first.setAccessibleName(tr("Worst first"))
        self.worst_first.setToolTip(
            tr(
                "Of all validation rows, show those with the highest loss after the latest epoch; "
                "else some at random."
            )
        )
        self.worst_first.toggled.connect(self.order_chosen)
        fill(QHBoxLayout(self), self.label, (self.view, 1), 4, self.worst_first, None, spacing=6)

    def make_room(self, *, is_narrow: bool) -> None:
        """Leave out what names the views in a narrow panel."""
        self._has_room = not is_narrow
        self.label.setVisible(self._has_views and self._has_room)

    @override
    def minimumSizeHint(self) -> QSize:
        # Without the name that it leaves out where it has to: it would never become that narrow with it.
        hint = super().minimumSizeHint()
        name = 0 if self.label.isHidden() else self.label.sizeHint().width() + 6
        return QSize(hint.width() - name, hint.height())

    def offer(self, view: DataView, wanted: ViewKind | None) -> None:
        """Offer the views and orders that suit the data, with ``wanted`` chosen if it is among them."""
        if [self.view.itemData(number) for number in range(self.view.count())] != list(view.choices):
            with QSignalBlocker(self.view):
                self.view.clear()
                for kind in view.choices:
                    self.view.addItem(tr(KIND_NAMES[kind]), kind)
                self.view.setCurrentIndex(max(self.view.findData(wanted), 0))
        has_views = len(view.choices) > 1
        self._has_views = has_views
        has_order = view.can_sort and isinstance(view, SORTED)
        self.view.setVisible(has_views)
        self.label.setVisible(has_views and self._has_room)
        self.worst_first.setVisible(has_order)
        self.setVisible(has_views or has_order)


class SelectionBar(QWidget):
    """Says which rows are chosen, with a button that shows all rows again.

    Attributes:
        text: these words.
        show_all: the button.
    """

    def __init__(self) -> None:
        super().__init__()
        self.text = QLabel(wordWrap=True)
        self.show_all = push_button(tr("Show all"))
        self.show_all.setToolTip(tr("Show rows of every kind again. The Escape key does the same."))
        fill(QHBoxLayout(self), (self.text, 1), self.show_all, spacing=8)
        self.hide()

    def show_selection(self, rows: Counts, words: str, view: DataView) -> None:
        """Say how many of the chosen rows a view shows; ``words`` say which rows they are."""
        count = len(rows)
        seen = len(view.true) if isinstance(view, PicturesView | TableView) else None
        if seen is None:
            said = trn("{count} row marked: {words}", "{count} rows marked: {words}", count)
        elif seen < count:
            said = trn(
                "Showing {seen} of {count} row: {words}", "Showing {seen} of {count} rows: {words}", count
            )
        else:
            said = trn("Showing {count} row: {words}", "Showing {count} rows: {words}", count)
        self.text.setText(said.format(count=whole(count), seen=seen, words=words))
