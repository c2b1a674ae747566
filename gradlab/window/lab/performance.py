"""A window that shows what drawing and measuring cost."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QFrame, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from gradlab.instruments.records import Snapshot
from gradlab.language import tr
from gradlab.window.lab.page import LabPage
from gradlab.window.language.numbers import number, percent
from gradlab.window.widgets.boxes import fill
from gradlab.window.widgets.widgets import label

EVERY_MS = 500
MISSING = "–"
TOTALS = 2  # rows that stand out at the beginning of a list
Rows = Sequence[tuple[str, str]]


class PerformanceWindow(QDialog):
    """A small window beside the lab. The instruments are measured only while it can be seen.

    Attributes:
        drawing, training: the numbers, in two lists.
    """

    def __init__(self, page: LabPage) -> None:
        super().__init__(page)
        self.setWindowTitle(tr("Performance"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._page = page
        self.drawing = NumberList(
            tr("DRAWING"), tr("How often the panels are drawn, and how long each takes for a picture.")
        )
        self.training = NumberList(
            tr("TRAINING"),
            tr("How fast the training is, and which share of its time the measurements for the panels take."),
        )
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self.show_numbers)
        self._lay_out()

    def show_numbers(self) -> None:
        """Bring all numbers up to date."""
        self.drawing.show_rows(self._drawing())
        self.training.show_rows(self._training(self._page.snapshot))

    def showEvent(self, event: QShowEvent) -> None:
        """Measure while the numbers can be seen."""
        super().showEvent(event)
        self._page.trainer.measure(True)
        self._timer.start()
        self.show_numbers()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop measuring."""
        super().hideEvent(event)
        self._page.trainer.measure(False)
        self._timer.stop()

    def _drawing(self) -> Rows:
        polling = self._page.polling
        docks = [dock for dock in self._page.panels.docks.values() if dock.in_sight and dock.shows_data]
        return [
            (tr("Pictures per second"), number(polling.cost.per_second, ".1f")),
            (tr("One picture, with all painting"), milliseconds(polling.cost.mean)),
            *((dock.windowTitle(), milliseconds(dock.cost.mean)) for dock in docks),
        ]

    def _training(self, snapshot: Snapshot) -> Rows:
        shares: Mapping[str, float] = snapshot.shares
        rate = snapshot.shown.progress.updates_per_second
        return [
            (tr("Updates per second"), number(rate, ",.1f" if rate < 100 else ",.0f")),
            (tr("All measurements"), percent(sum(shares.values())) if shares else MISSING),
            *((tr(title), percent(share)) for title, share in shares.items()),
        ]

    def _lay_out(self) -> None:
        body = QWidget()
        fill(QVBoxLayout(body), self.drawing, self.training, None, spacing=16, margins=(20, 16, 20, 16))
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setAccessibleName(self.windowTitle())
        area.setWidget(body)
        fill(QVBoxLayout(self), area)
        digit = self.fontMetrics().horizontalAdvance("0")
        self.resize(46 * digit, 64 * digit)


class NumberList(QWidget):
    """A heading with numbers below it, totals first.

    A screen reader finds each name with its value: *Updates per second 40*.
    """

    def __init__(self, title: str, help: str) -> None:
        super().__init__()
        self.setToolTip(help)
        self.setAccessibleName(title)
        self.setAccessibleDescription(help)
        self._rows: list[tuple[QLabel, QLabel]] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setColumnStretch(0, 1)
        self._grid.addWidget(label(title, "section"), 0, 0, 1, 2)

    @property
    def texts(self) -> dict[str, str]:
        """What is shown: names and values."""
        return {name.text(): value.text() for name, value in self._rows if not name.isHidden()}

    def show_rows(self, rows: Rows) -> None:
        """Show these names with their values."""
        while len(self._rows) < len(rows):
            self._add_row()
        for shown, (name, value) in zip(self._rows, rows, strict=False):
            for widget, text in zip(shown, (name, value), strict=True):
                widget.setText(text)
                widget.show()
            shown[0].setAccessibleName(f"{name} {value}")
        for unused in self._rows[len(rows) :]:
            for widget in unused:
                widget.hide()

    def _add_row(self) -> None:
        kind = "fieldLabel" if len(self._rows) < TOTALS else "muted"
        name, value = label("", kind), label("", kind)
        value.setAlignment(Qt.AlignmentFlag.AlignRight)
        place = self._grid.rowCount()
        self._grid.addWidget(name, place, 0)
        self._grid.addWidget(value, place, 1)
        self._rows.append((name, value))


def milliseconds(seconds: float | None) -> str:
    """Return a time span in milliseconds; a dash for None."""
    return MISSING if seconds is None else tr("{number} ms").format(number=number(1000 * seconds, ",.1f"))
