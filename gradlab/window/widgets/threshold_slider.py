"""The threshold between two classes: the one in force, and a slider to try others."""

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from gradlab.instruments.records import Frame
from gradlab.language import tr
from gradlab.window.language.numbers import written
from gradlab.window.widgets.boxes import fill
from gradlab.window.widgets.widgets import slider

STEPS = 1000  # of the slider, from 0 to 1
KEY_STEPS = 10
SETTLED_MS = 500  # after the last key: then it becomes the experiment's


class FollowedThreshold:
    """The experiment's threshold, until another one is tried; the experiment's again when that changes.

    Attributes:
        value: the threshold to use.
    """

    def __init__(self) -> None:
        self.value = 0.5
        self._run: int | None = None
        self._setting: float | None = None

    def follow(self, frame: Frame) -> None:
        """Use the experiment's threshold again if that has changed."""
        if frame.experiment is None:
            return
        setting = frame.experiment.training.threshold
        if (frame.run, setting) != (self._run, self._setting):
            self._run, self._setting = frame.run, setting
            self.value = setting


class ThresholdSlider(QWidget):
    """A slider with its exact value.

    Attributes:
        tried: emitted while it moves.
        chosen: emitted where it comes to rest.
    """

    tried = Signal(float)
    chosen = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self.value = 0.5
        help = tr(
            "From which probability on a row counts as positive. "
            "Lower: more is found, with more false alarms. "
            "When you let go, it becomes the experiment's setting; there you can also type it exactly."
        )
        self.slider = slider("threshold", tr("Threshold"), help)
        self.slider.setRange(0, STEPS)
        self.slider.setSingleStep(KEY_STEPS)
        self.slider.setPageStep(5 * KEY_STEPS)
        self.slider.setMinimumWidth(60)
        name = QLabel(tr("Threshold"))
        name.setBuddy(self.slider)
        self.text = QLabel()
        self.text.setMinimumWidth(self.text.fontMetrics().horizontalAdvance("0.000"))
        self._settled = QTimer(self, singleShot=True, interval=SETTLED_MS)
        self._settled.timeout.connect(self._choose)
        self.slider.valueChanged.connect(self._move)
        self.slider.sliderReleased.connect(self._choose)
        fill(QHBoxLayout(self), name, (self.slider, 1), self.text, spacing=8)
        self.show_value(self.value)

    @property
    def is_busy(self) -> bool:
        """Whether it is being moved."""
        return self.slider.isSliderDown() or self._settled.isActive()

    def show_value(self, value: float) -> None:
        """Show a value that was chosen elsewhere, however many decimals it has."""
        self.value = value
        self.slider.blockSignals(True)
        self.slider.setValue(round(value * STEPS))
        self.slider.blockSignals(False)
        self.text.setText(in_figures(value))
        self.slider.setAccessibleDescription(
            tr("Positive from {threshold} on").format(threshold=in_figures(value))
        )

    @Slot(int)
    def _move(self, position: int) -> None:
        self.show_value(position / STEPS)
        self.tried.emit(self.value)
        if not self.slider.isSliderDown():
            self._settled.start()

    @Slot()
    def _choose(self) -> None:
        self._settled.stop()
        self.chosen.emit(self.value)


def in_figures(threshold: float) -> str:
    """Return a threshold with two decimals, or as many as it needs."""
    return written(f"{threshold:.2f}" if round(threshold, 2) == threshold else f"{threshold:.4g}")
