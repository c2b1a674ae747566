"""The program's icon in every shape that the systems ask for, drawn from the one drawing."""

import os
from pathlib import Path

from installer.places import ROOT

SIZES = (16, 24, 32, 48, 64, 128, 256, 512)
LARGEST_ICO = 256


def make(folder: Path) -> None:
    """Write gradlab-SIZE.png, gradlab.ico and gradlab.icns into ``folder``."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PIL import Image
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QGuiApplication, QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    _ = QGuiApplication.instance() or QGuiApplication([])
    drawing = QSvgRenderer(str(ROOT / "resources" / "icons" / "gradlab.svg"))
    for size in SIZES:
        picture = QImage(size, size, QImage.Format.Format_ARGB32)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        drawing.render(painter)
        painter.end()
        picture.save(str(folder / f"gradlab-{size}.png"))
    pictures = [Image.open(folder / f"gradlab-{size}.png") for size in SIZES]
    small = [picture for picture in pictures if picture.width <= LARGEST_ICO]
    small[-1].save(
        folder / "gradlab.ico", sizes=[picture.size for picture in small], append_images=small[:-1]
    )
    pictures[-1].save(folder / "gradlab.icns", append_images=pictures[:-1])
