"""What a person sees of a widget."""

from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget


def colors_in(widget: QWidget) -> set[str]:
    """Return the names of all its colours."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    return {QColor.fromRgb(pixel).name() for pixel in set(memoryview(image.constBits()).cast("I"))}
