"""The state of the controls in a panel: which tab, which entry of a list, which switches are on.

A control is known by its ``objectName``, and by those of the widgets that it is in: both stay the same in every
language and whatever else is in the panel. Controls without a name are not remembered.
"""

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QAbstractButton, QComboBox, QSlider, QTabBar, QWidget

from gradlab.window.widgets.menu_choice import MenuChoice

Choices = Mapping[str, object]  # the state of each control, by its name


def choices_in(widget: QWidget) -> Choices:
    """Return the state of all named controls in a widget."""
    return {name: read() for name, (read, _) in _controls(widget).items()}


def take_choices(widget: QWidget, choices: Choices) -> None:
    """Put the controls of a widget into this state, as a click would.

    A control that is not there yet, or does not have such an entry yet, is left alone.
    """
    for name, (_, choose) in _controls(widget).items():
        if name in choices:
            choose(choices[name])


def unnamed_controls(widget: QWidget) -> list[QObject]:
    """Return the controls in a widget that have no name, or the name of another one."""
    controls = [child for child in widget.findChildren(QObject) if _control(child) is not None]
    names = [_name(control, widget) for control in controls]
    return [
        control
        for control, name in zip(controls, names, strict=True)
        if not control.objectName() or names.count(name) > 1
    ]


def _controls(widget: QWidget) -> dict[str, tuple[Callable[[], object], Callable[[Any], None]]]:
    found = {}
    for child in widget.findChildren(QObject):
        control = _control(child)
        if control is not None and child.objectName():
            found[_name(child, widget)] = control
    return found


def _name(control: QObject, within: QWidget) -> str:
    """Return the names of a control and of what it is in, from the outermost on."""
    names: list[str] = []
    part: QObject | None = control
    while part is not None and part is not within:
        names.insert(0, part.objectName())
        part = part.parent()
    return "/".join(filter(None, names))


def _control(child: QObject) -> tuple[Callable[[], object], Callable[[Any], None]] | None:
    """Return how to read a control and how to set it; None if it is not a control."""
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
    """Return where a slider was put; None if it cannot be moved, or follows the run at its end."""
    return slider.value() if slider.isEnabled() and slider.value() < slider.maximum() else None
