"""The legend of a chart: each key names a curve, switches it on and off, and reads it off."""

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QWidget

from gradlab.window.plots.colors import pen
from gradlab.window.plots.formatting import short
from gradlab.window.theme.tokens import Theme

_SWATCH = QSize(20, 12)


class CurveKey(QWidget):
    """A check box with the curve's line on it, and its value: the latest, or that at the cursor."""

    switched = Signal()

    def __init__(self, name: str, token: str, help: str, dots: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.token = token
        self._dots = dots
        self.box = QCheckBox(name)
        self.box.setAccessibleName(name)
        self.box.setToolTip(help)
        self.box.setChecked(True)
        self.box.setIconSize(_SWATCH)
        self.box.toggled.connect(self.switched)
        self.value = QLabel("–")
        self.value.setAccessibleName(f"{name}: value")
        self.value.setToolTip(help)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.box)
        row.addWidget(self.value)

    @property
    def on(self) -> bool:
        """Whether the curve is to be drawn."""
        return self.box.isChecked()

    def read_off(self, value: float | None) -> None:
        """Show a value, or a dash where there is none."""
        text = "–" if value is None else short(value)
        if text != self.value.text():
            self.value.setText(text)

    def apply_theme(self, theme: Theme, faint: QColor | None = None) -> None:
        """Paint the swatch in the curve's colour; with ``faint`` as a thin line before a pale one."""
        self.box.setIcon(QIcon(self._swatch(theme.color(self.token), faint)))
        # Usual values are equally wide, so that nothing moves while they change.
        self.value.setMinimumWidth(self.value.fontMetrics().horizontalAdvance("0.0000") + 6)

    def _swatch(self, color: QColor, faint: QColor | None) -> QPixmap:
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(_SWATCH * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = _SWATCH.height() / 2
        if faint:
            painter.setPen(pen(faint, 7))
            painter.drawLine(QPointF(3, middle), QPointF(_SWATCH.width() - 3, middle))
        painter.setPen(pen(color, 1.5 if faint else 2))
        painter.drawLine(QPointF(0, middle), QPointF(_SWATCH.width(), middle))
        if self._dots:
            painter.setBrush(color)
            painter.drawEllipse(QPointF(_SWATCH.width() / 2, middle), 3, 3)
        painter.end()
        return pixmap
