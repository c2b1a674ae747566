"""What is seen of a widget, and heard of it."""

from PySide6.QtCore import QEvent, QObject, SignalInstance
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget


def colors_in(widget: QWidget) -> set[str]:
    """Return the names of all its colours."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    return {QColor.fromRgb(pixel).name() for pixel in set(memoryview(image.constBits()).cast("I"))}


class EventCounter(QObject):
    """Counts how many events of a kind a widget gets from now on."""

    def __init__(self, widget: QWidget, kind: QEvent.Type) -> None:
        super().__init__(widget)
        self.count = 0
        self._kind = kind
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        self.count += event.type() == self._kind
        return False


def heard(signal: SignalInstance) -> list[object]:
    """Return a list of what the signal tells from now on."""
    said: list[object] = []
    signal.connect(said.append)
    return said
