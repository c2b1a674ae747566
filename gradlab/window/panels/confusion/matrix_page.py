"""The matrix with its controls, and the words above and below it."""

from html import unescape
from math import ceil
from re import sub

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QBoxLayout, QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gradlab.instruments.records import Counts
from gradlab.language import mark, tr
from gradlab.window.panels.confusion.confusion_model import Show
from gradlab.window.panels.confusion.confusion_table import ConfusionTable
from gradlab.window.panels.confusion.epoch_slider import EpochSlider
from gradlab.window.panels.confusion.tradeoff_view import TradeoffView
from gradlab.window.panels.confusion.words import total_in_few_words, total_in_short, totals
from gradlab.window.widgets.boxes import fill
from gradlab.window.widgets.still_label import StillLabel, StillText
from gradlab.window.widgets.threshold_slider import ThresholdSlider
from gradlab.window.widgets.widgets import named, push_button

TOTALS_HELP = mark(
    "Accuracy: the share of all validation rows that is right. Compare it with always guessing the class that "
    "has the most rows: a model has to beat that. Average: each class counts the same, however rare it is."
)
LOW_LINES = 15  # a panel of fewer lines of text has room for one line of totals
SIDE_BY_SIDE = 560  # pixels: from this width on the curves stand beside the matrix


class MatrixPage(QWidget):
    """Lays out everything in the panel; the panel decides what it shows and does.

    Attributes:
        curves_wanted: emitted when the curves of all thresholds are switched on or off.
        when: says which epoch and how many rows the matrix counts.
        show_box: the choice of what its cells show.
        curves_button: shows the curves.
        table, curves: the matrix, and what every threshold would bring.
        totals: the measures of the whole matrix.
        slider, epochs: choose a threshold and an epoch.
    """

    curves_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.when = StillLabel()
        self.show_box = self._make_show_box()
        self.curves_button = push_button(tr("Curves"))
        self.curves_button.setObjectName("curves")
        self.curves_button.setCheckable(True)
        self.curves_button.setToolTip(
            tr("Show what every threshold would bring: precision, recall, false alarms.")
        )
        self.curves_button.toggled.connect(self.curves_wanted)
        self.table = ConfusionTable()
        self.curves = TradeoffView()
        self.totals = StillText()
        self.slider = ThresholdSlider()
        self.epochs = EpochSlider()
        self._lay_out()

    def _make_show_box(self) -> QComboBox:
        help = tr("What the cells show: how many rows, or which share of the row or of the column.")
        box = named(QComboBox(), "show", tr("Show"), help)
        words = box.fontMetrics().horizontalAdvance(tr(Show.COUNTS.value))  # of the usual choice
        box.setMinimumWidth(max(110, words + 66))
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(len(tr(Show.ROW.value)) - 2)
        for show in Show:
            box.addItem(tr(show.value), show)
        box.currentIndexChanged.connect(self._choose_show)
        return box

    def _lay_out(self) -> None:
        label = QLabel(tr("&Show"))
        label.setBuddy(self.show_box)
        self._top = fill(QHBoxLayout(), self.when, None, self.curves_button, label, self.show_box, spacing=8)
        self._middle = fill(QBoxLayout(QBoxLayout.Direction.LeftToRight), (self.table, 1), (self.curves, 1))
        below = self.totals, self.slider, self.epochs
        fill(QVBoxLayout(self), self._top, (self._middle, 1), *below, spacing=2, margins=(8, 1, 8, 1))

    def arrange(self, room: QSize, *, is_binary: bool) -> None:
        """Place the curves where there is room: beside the matrix, below it, or instead of it."""
        has_curves = is_binary and self.curves_button.isChecked()
        is_wide = room.width() >= SIDE_BY_SIDE
        is_tall = room.height() >= 2 * LOW_LINES * self.fontMetrics().height()
        self.slider.setVisible(is_binary)
        self.curves_button.setVisible(is_binary)
        self.curves.setVisible(has_curves)
        self.table.setVisible(not has_curves or is_wide or is_tall)
        ways = QBoxLayout.Direction
        self._middle.setDirection(ways.LeftToRight if is_wide or not is_tall else ways.TopToBottom)

    def show_words(self, names: tuple[str, ...], counts: Counts, words: tuple[str, ...], room: QSize) -> None:
        """Say what the matrix counts, the longest of ``words`` that fit, and its measures."""
        metrics = self.fontMetrics()
        free = room.width() - self.least_width()
        fitting = (text for text in words if metrics.horizontalAdvance(text) <= free)
        said = next(fitting, "")
        self.when.setText(said)
        self.when.setVisible(bool(said))
        self.when.setToolTip(words[0])
        full, short = totals(names, counts), total_in_short(names, counts)
        is_low = room.height() < LOW_LINES * metrics.height()
        wordings = [] if is_low else [full]
        free = self._free_height(room)
        fits = (text for text in (*wordings, short) if self._height_of(text, room.width() - 16) <= free)
        self.totals.setText(next(fits, total_in_few_words(counts)))
        self.totals.setToolTip(f"<p>{full}</p><p>{tr(TOTALS_HELP)}</p>")

    def least_width(self) -> int:
        """Return the width of the line of controls without any words about the epoch."""
        controls = self.fontMetrics().horizontalAdvance(tr("&Show")) + self.show_box.minimumWidth() + 40
        if not self.curves_button.isHidden():
            controls += self.curves_button.sizeHint().width() + 8
        return controls

    def _free_height(self, room: QSize) -> int:
        """Return the height that words may take, so that the whole matrix can still be seen."""
        sliders = (self.slider, self.epochs)
        used = [part.sizeHint().height() + 2 for part in sliders if not part.isHidden()]
        return room.height() - self._top.sizeHint().height() - sum(used) - 8 - self.table.usual_height()

    def _height_of(self, text: str, width: int) -> int:
        """Return how high words are in a width, at most."""
        bold = self.font()
        bold.setBold(True)
        advance = QFontMetrics(bold).horizontalAdvance
        lines = (unescape(sub("<.*?>", "", line)) for line in text.split("<br>"))
        return sum(ceil(advance(line) / max(1, width)) for line in lines) * self.fontMetrics().height()

    def _choose_show(self, number: int) -> None:
        self.table.matrix.set_show(self.show_box.itemData(number))
