"""The line of controls above the gradients: which view, which layer, and what else is shown of it."""

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QMenu, QPushButton, QTabBar, QWidget

from gradlab.language import mark, tr
from gradlab.window.panels.gradients.reading import EXTRAS, Wanted
from gradlab.window.widgets.boxes import fill
from gradlab.window.widgets.flow_layout import FlowLayout
from gradlab.window.widgets.widgets import QuietComboBox, push_button

ALL_LAYERS = mark("All layers")
BUFFER, TIMELINE = range(2)


class ShowMenu(QPushButton):
    """The button *Show* with its menu.

    Attributes:
        changed: emitted when anything was switched on or off.
        extras: the further rows, by the name of what they show.
        common_scale: whether all layers share a colour scale.
        animated: whether to animate what a phase did.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__(tr("Show"))
        self.setAccessibleName(tr("Show"))
        self.setAutoDefault(True)
        self.setProperty("kind", "")
        self.setToolTip(tr("Choose what else is shown, and how."))
        self.extras = {
            "weights": self._action(
                tr("Weights"), tr("A further row per layer: its weights and biases now.")
            ),
            "update": self._action(
                tr("Updates"),
                tr("A further row per layer: what the latest update really added to its weights."),
            ),
        }
        self.common_scale = self._action(
            tr("One colour scale for all layers"),
            tr("On: layers can be compared. Off: each layer's largest value is its strongest colour."),
        )
        self.animated = self._action(tr("Animate phases"), tr("While stepping: show how the buffer changes."))
        self.animated.setChecked(True)
        self.common_scale.setObjectName("common scale")
        self.animated.setObjectName("animated")
        for name, action in self.extras.items():
            action.setObjectName(name)
        for action in (*self.extras.values(), self.common_scale, self.animated):
            action.toggled.connect(self.changed)
        menu = QMenu(tr("Show"), self)
        menu.setToolTipsVisible(True)
        menu.addActions([*self.extras.values()])
        menu.addSeparator()
        menu.addActions([self.common_scale, self.animated])
        self.setMenu(menu)

    def _action(self, text: str, help: str) -> QAction:
        action = QAction(text, self)
        action.setCheckable(True)
        action.setToolTip(help)
        return action


class BufferHead(QWidget):
    """The controls, in as many lines as they need.

    Attributes:
        picked: emitted with the title of the layer to show large, or empty for all.
        changed: emitted when other parts of the layers were chosen; see ``wanted``.
        tabs: the view; layer: the choice of a layer.
    """

    picked = Signal(str)
    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.tabs = self._make_tabs()
        self.show_menu = ShowMenu()
        self.show_menu.changed.connect(self.changed)
        self.layer = QuietComboBox()
        self.layer.setObjectName("layer")
        self.layer.setSizeAdjustPolicy(QuietComboBox.SizeAdjustPolicy.AdjustToContents)
        self.layer.setAccessibleName(tr("Layer"))
        self.layer.setToolTip(tr("See one layer large, with the number of every value, or all layers."))
        self.layer.addItem(tr(ALL_LAYERS))
        self.layer.currentTextChanged.connect(lambda: self.picked.emit(self.title))
        self._layer_label = QLabel(tr("Layer"))
        self._layer_label.setBuddy(self.layer)
        self.back = push_button(f"← {tr(ALL_LAYERS)}")
        self.back.setToolTip(tr("Show all layers again (Escape)."))
        self.back.clicked.connect(lambda: self.layer.setCurrentIndex(0))
        self.axes = QLabel()
        self.axes.setAccessibleName(tr("Rows and columns"))
        self.as_pictures = QCheckBox(tr("As pictures"))
        self.as_pictures.setObjectName("as pictures")
        self.as_pictures.setAccessibleName(tr("As pictures"))
        self.as_pictures.setToolTip(
            tr("Draw each unit's numbers as a picture, one per pixel that it looks at.")
        )
        self.as_pictures.toggled.connect(self.changed)
        self._arrange()

    def _make_tabs(self) -> QTabBar:
        tabs = QTabBar()
        tabs.setObjectName("view")
        tabs.setAccessibleName(tr("View of the gradients"))
        tabs.setWhatsThis(
            tr(
                "Buffer: what the gradient buffer holds now. "
                "Timeline: how large each layer's gradient was, update by update."
            )
        )
        tabs.setDrawBase(False)
        tabs.setExpanding(False)
        for title in (tr("Buffer"), tr("Timeline")):
            tabs.addTab(title)
        tabs.currentChanged.connect(lambda view: self._choices.setVisible(view == BUFFER))
        return tabs

    def _arrange(self) -> None:
        self._choices = QWidget()
        fill(QHBoxLayout(self._choices), self._layer_label, self.layer, self.show_menu)
        self._line = FlowLayout(self, spacing=10)
        for widget in (self.tabs, self.back, self._choices, self.as_pictures, self.axes):
            self._line.addWidget(widget)
        self.back.hide()
        self.axes.hide()
        self.as_pictures.hide()

    def add(self, widget: QWidget) -> None:
        """Add a widget after the others."""
        self._line.addWidget(widget)

    @property
    def wanted(self) -> Wanted:
        """The present choices."""
        menu = self.show_menu
        return Wanted(
            tuple(part for part in EXTRAS if menu.extras[part].isChecked()),
            self.as_pictures.isChecked(),
            menu.common_scale.isChecked(),
            menu.animated.isChecked(),
        )

    @property
    def shows_timeline(self) -> bool:
        """Whether the timeline is in front."""
        return self.tabs.currentIndex() == TIMELINE

    @property
    def title(self) -> str:
        """The title of the chosen layer; empty for all."""
        return "" if self.layer.currentText() == tr(ALL_LAYERS) else self.layer.currentText()

    def show_titles(self, titles: list[str]) -> None:
        """Offer these layers; the chosen one stays if it is among them."""
        offered = [tr(ALL_LAYERS), *titles]
        if offered == [self.layer.itemText(number) for number in range(self.layer.count())]:
            return
        kept = self.layer.currentText()
        with QSignalBlocker(self.layer):
            self.layer.clear()
            self.layer.addItems(offered)
            self.layer.setCurrentText(kept if kept in offered else tr(ALL_LAYERS))
        self.picked.emit(self.title)

    def choose(self, title: str) -> None:
        """Choose a layer; all of them if it is empty."""
        self.layer.setCurrentText(title or tr(ALL_LAYERS))

    def show_large(self, axes: str, *, takes_pictures: bool) -> None:
        """Show the controls for one large layer, or those for all layers if ``axes`` is empty."""
        self.tabs.setVisible(not axes)
        self.back.setVisible(bool(axes))
        self.as_pictures.setVisible(takes_pictures)

    def show_axes(self, axes: str, *, is_small: bool) -> None:
        """Name the axes of a large layer, if the panel has room for that; ``axes`` is empty for all layers."""
        self.axes.setText(axes)
        self.axes.setVisible(bool(axes) and not is_small)
        self._layer_label.setVisible(not axes and not is_small)
