"""What the controls in a panel say: which tab, which entry of a list, which switches are on."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QAbstractButton, QComboBox, QSlider, QTabBar, QWidget

from gradlab.window.widgets.menu_choice import MenuChoice

Choices = tuple[tuple[str, object], ...]  # of every control its kind and what it says


def choices_in(widget: QWidget) -> Choices:
    """Return what all controls in a widget say, in the order in which they were made."""
    return tuple((kind, read()) for kind, read, _ in _controls(widget))


def take_choices(widget: QWidget, choices: Choices) -> None:
    """Let the controls of a widget that was made the same way say this, as if somebody had chosen it.

    A control that is not there yet, or has no such entry yet, is left alone.
    """
    for (kind, _, choose), (as_kind, value) in zip(_controls(widget), choices, strict=False):
        if kind != as_kind:
            return
        choose(value)


def _controls(widget: QWidget) -> list[tuple[str, Callable[[], object], Callable[[Any], None]]]:
    found = []
    for child in widget.findChildren(QObject):
        control = _control(child)
        if control is not None:
            found.append((type(child).__name__, *control))
    return found


def _control(child: QObject) -> tuple[Callable[[], object], Callable[[Any], None]] | None:
    """Return how to read a control and how to set it; None for what is none."""
    if isinstance(child, MenuChoice):
        return lambda: child.value, lambda value: None if value == child.value else child.choose(value)
    if isinstance(child, QComboBox | QTabBar):
        return (
            child.currentIndex,
            lambda place: child.setCurrentIndex(place) if place < child.count() else None,
        )
    if isinstance(child, QSlider):
        return lambda: _chosen(child), lambda value: None if value is None else child.setValue(value)
    if isinstance(child, QAbstractButton) and child.isCheckable():
        return child.isChecked, lambda on: None if on == child.isChecked() else child.click()
    # Those of a group are a MenuChoice's.
    if isinstance(child, QAction) and child.isCheckable() and not isinstance(child.parent(), QActionGroup):
        return child.isChecked, lambda on: None if on == child.isChecked() else child.trigger()
    return None


def _chosen(slider: QSlider) -> int | None:
    """Return where a slider was put; None where it cannot be moved, or stands at its end and goes on with it."""
    return slider.value() if slider.isEnabled() and slider.value() < slider.maximum() else None
