"""The current learner, and buttons to change who that is."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from gradlab.language import tr
from gradlab.lessons.progress import Learners
from gradlab.window.widgets.boxes import fill
from gradlab.window.widgets.widgets import QuietComboBox, label, push_button


class LearnerBar(QWidget):
    """A row with the list of learners.

    Attributes:
        chosen: emitted with the name of the learner that was chosen.
        learner: the list; ``add``, ``rename`` and ``remove`` are the buttons.
    """

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.learner = QuietComboBox()
        self.learner.setAccessibleName(tr("Learner"))
        self.learner.setToolTip(tr("Whose progress is shown and kept, on this computer only."))
        self.learner.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.learner.textActivated.connect(self.chosen)
        self.add = push_button(tr("Add…"))
        self.rename = push_button(tr("Rename…"))
        self.remove = push_button(tr("Remove…"))
        name = label(tr("Learner:"), "muted")
        name.setBuddy(self.learner)
        fill(QHBoxLayout(self), name, self.learner, self.add, self.rename, self.remove, spacing=8)

    def show_learners(self, learners: Learners) -> None:
        """List the learners, with the current one chosen."""
        self.learner.clear()
        self.learner.addItems([learner.name for learner in learners.all])
        self.learner.setCurrentText(learners.current.name)
