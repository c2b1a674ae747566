"""Saving what is shown: as a picture, a drawing or a table, in a file or on the clipboard."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Literal, Protocol, runtime_checkable

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QPoint, QRect, QSize, Signal
from PySide6.QtGui import QGuiApplication, QImage, QImageWriter, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QMainWindow, QMenu, QWidget

from gradlab.export.tables import as_csv
from gradlab.folders import write_whole
from gradlab.instruments.records import Table
from gradlab.language import mark, tr
from gradlab.window.services.dialogs import ask_where, warn
from gradlab.window.services.figure import Figure, unscrolled
from gradlab.window.services.settings_store import SettingsStore

Kind = Literal["png", "svg", "csv", "copy"]
SHARPNESS = 2  # pixels of a picture per pixel on the screen: pictures are also printed
_FOLDER = "export_folder"
_FILTERS = {"png": mark("Pictures (*.png)"), "svg": mark("Drawings (*.svg)"), "csv": mark("Tables (*.csv)")}
_CHOICES: dict[Kind, tuple[str, str]] = {
    "png": (mark("Save as &PNG…"), mark("A picture made of pixels, for slides and documents.")),
    "svg": (mark("Save as &SVG…"), mark("A drawing that stays sharp at any size.")),
    "csv": (mark("Save as &CSV…"), mark("The numbers behind it, exactly, for a spreadsheet.")),
    "copy": (mark("C&opy picture"), mark("To paste it somewhere else.")),
}


@runtime_checkable
class Plot(Protocol):
    """A widget that can return the data it shows."""

    def as_table(self) -> Table | None:
        """Return what is shown, in the data's own units; None while there is nothing."""


def plot_at(widget: QWidget | None, panel: QWidget) -> QWidget:
    """Return the plot that ``widget`` is or belongs to, or else the whole panel."""
    while widget is not None and widget is not panel:
        if isinstance(widget, Plot):
            return widget
        widget = widget.parentWidget()
    return panel


def table_of_shown(widget: QWidget) -> Table | None:
    """Return the numbers that a widget shows; None if there are none."""
    return widget.as_table() if isinstance(widget, Plot) else None


def image_of(widget: QWidget) -> QImage:
    """Return a figure of a widget at ``SHARPNESS`` times the screen's resolution; of a window, how it looks."""
    if isinstance(widget, QMainWindow):
        return _picture(widget.size(), lambda painter: widget.render(painter, QPoint()))
    with unscrolled(widget):
        figure = Figure(widget)
        return _picture(figure.size, figure.paint)


def _picture(size: QSize, paint: Callable[[QPainter], None]) -> QImage:
    image = QImage(size * SHARPNESS, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(SHARPNESS)
    painter = QPainter(image)
    paint(painter)
    painter.end()
    return image


def as_png(widget: QWidget) -> bytes:
    """Return a picture of a widget as a PNG file."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image_of(widget))
    return bytes(buffer.data().data())


def as_svg(widget: QWidget) -> bytes:
    """Return a figure of a widget as an SVG file."""
    buffer, generator = QBuffer(), QSvgGenerator()
    with unscrolled(widget):
        figure = Figure(widget)
        generator.setOutputDevice(buffer)
        generator.setResolution(widget.logicalDpiX())  # otherwise text comes out too small
        generator.setSize(figure.size)
        generator.setViewBox(QRect(QPoint(), figure.size))
        generator.setTitle(figure.title)
        painter = QPainter(generator)
        figure.paint(painter)
        painter.end()
    return bytes(buffer.data().data())


def content(widget: QWidget, kind: Kind) -> bytes:
    """Return the content of a file of this kind, made from a plot or a panel."""
    if kind == "csv":
        return as_csv(table_of_shown(widget) or Table((), ()))
    return as_svg(widget) if kind == "svg" else as_png(widget)


class ExportMenu(QMenu):
    """Offers the ways to save a plot or a panel.

    Attributes:
        chosen: emitted with the widget and the Kind that was chosen.
    """

    chosen = Signal(object, str)

    def __init__(self, target: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self.aboutToHide.connect(self.deleteLater)
        self.setAccessibleName(tr("Export {title}").format(title=target.accessibleName()))
        self.setToolTipsVisible(True)
        for kind, (text, help) in _CHOICES.items():
            action = self.addAction(tr(text))
            action.setToolTip(tr(help))
            action.setData(kind)
            action.setEnabled(kind != "csv" or table_of_shown(target) is not None)
        self.triggered.connect(lambda action: self.chosen.emit(target, action.data()))

    def add_note(self, words: str) -> None:
        """Say something below the choices."""
        self.addSeparator()
        self.addAction(words).setEnabled(False)


class Exporter(QObject):
    """Asks for a file, writes it, and remembers the folder."""

    def __init__(self, store: SettingsStore, window: QWidget) -> None:
        super().__init__(window)
        self._store = store
        self._window = window

    def export(self, target: QWidget, kind: Kind) -> None:
        """Save a plot, a panel or the window to a file, or copy its picture to the clipboard."""
        if kind == "copy":
            QGuiApplication.clipboard().setImage(image_of(target))
            return
        # Made before asking, so that it shows what was on the screen at that moment.
        made = content(target, kind)
        path = self._ask(file_name(target), kind)
        if path is not None:
            self.write(path, made)

    def write(self, path: Path, made: bytes) -> None:
        """Write a file; if that fails, say why in one line."""
        try:
            write_whole(path, made)
        except OSError as error:
            words = tr("{path} could not be saved: {reason}.")
            warn(self._window, words.format(path=path, reason=error.strerror))
            return
        self._store.put(_FOLDER, str(path.parent))

    def _ask(self, name: str, kind: Kind) -> Path | None:
        folder = self._store.get(_FOLDER, "")
        suggestion = str(Path(folder) / f"{name}.{kind}")
        return ask_where(self._window, tr("Save as"), suggestion, tr(_FILTERS[kind]))


def file_name(target: QWidget) -> str:
    """Return a file name that is valid on every system, made from the widget's name."""
    words = re.findall(r"\w+", target.accessibleName() or target.windowTitle())
    return "-".join(words).lower() or "gradlab"
