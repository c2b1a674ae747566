"""What is being tried, and what came out of it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from gradlab.diagnosis.trial import Outcome, Trial
from gradlab.language import tr
from gradlab.window.panels.diagnosis.words import heading, outcome_in_words, trial_line
from gradlab.window.theme import icons
from gradlab.window.widgets.boxes import fill
from gradlab.window.widgets.icon_label import IconLabel
from gradlab.window.widgets.still_label import StillText
from gradlab.window.widgets.widgets import label, push_button, tooltip


class TrialCard(QFrame):
    """A trial of a piece of advice; hidden while there is none.

    Attributes:
        ended: emitted with True where the change is to be kept, else with False.
        text: what came out.
    """

    ended = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("trial")
        self._icon = IconLabel(size=18)
        self._title = label("", "findingText", wrap=True)
        self.text = StillText()
        self.keep = push_button(tr("Keep the change"))
        self.keep.setToolTip(tooltip(tr("Ends the trial: from now on your experiment has this change.")))
        self.drop = push_button(tr("Back as it was"))
        self.drop.setToolTip(tooltip(tr("Ends the trial: your experiment stays as it was before.")))
        for button in (self.keep, self.drop):
            button.setProperty("small", "true")
            button.setFocusPolicy(
                Qt.FocusPolicy.TabFocus
            )  # after a click Space goes on meaning Run and Pause
        self.keep.clicked.connect(lambda: self.ended.emit(True))
        self.drop.clicked.connect(lambda: self.ended.emit(False))
        words = fill(QVBoxLayout(), self._title, self.text, spacing=2)
        buttons = self.keep, self.drop
        fill(QHBoxLayout(self), self._icon, (words, 1), *buttons, spacing=8, margins=(8, 6, 8, 6))
        self.hide()

    def show_trial(self, trial: Trial | None, came: Outcome | None) -> None:
        """Show how a trial stands; None for no trial."""
        if trial is None:
            self.hide()
            return
        badge = trial_line(trial, came).badge
        self._icon.show_icon(icons.icon(badge.glyph, badge.token))
        words = tr("Tried against “{finding}”: {advice}")
        self._title.setText(words.format(finding=heading(trial.finding), advice=trial.advice.text))
        self.text.setText(outcome_in_words(trial, came))
        self.setAccessibleName(self._title.text())
        self.setAccessibleDescription(self.text.text())
        self.show()
