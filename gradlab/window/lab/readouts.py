"""The current numbers, each in a tile."""

import math

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gradlab.instruments.records import Frame, Progress
from gradlab.language import mark, sentences, tr
from gradlab.window.charts.formatting import short
from gradlab.window.language.numbers import number, percent
from gradlab.window.widgets.boxes import fill
from gradlab.window.widgets.ground import RoundedGround
from gradlab.window.widgets.still_label import StillLabel
from gradlab.window.widgets.widgets import label, tooltip

MISSING = "–"
TILES = {
    mark("Epoch"): mark("How many times the whole training set was gone through, of all planned epochs."),
    mark("Update"): mark("How many times the optimizer changed the weights."),
    mark("Training loss"): mark(
        "How wrong the model was, as a mean over all batches of an epoch. Lower is better."
    ),
    mark("Validation loss"): mark("How wrong the model is on examples that it never trained on."),
    mark("Validation accuracy"): mark("The share of right answers on examples that it never trained on."),
    mark("Reward"): mark(
        "What an episode earned: the mean over all that were played before the latest epoch."
    ),
}
OF_AN_EPOCH = ("Training loss", "Validation loss", "Validation accuracy")


# In a narrow window the first ones go first.
LEAST_NEEDED = ("Update", "Training loss", "Epoch", "Validation loss", "Reward", "Validation accuracy")
SPACING = 6
MARGINS = (9, 1, 9, 1)
# Room for numbers that come later in most runs, so that they move nothing.
USUAL = {"Epoch": "20 / 20", "Update": "1,000", "Training loss": "0.0007226"}


class NumberTile(RoundedGround):
    """One number below its name. A screen reader finds both together: *Update 40*."""

    def __init__(self, caption: str, help: str) -> None:
        super().__init__("surface.window", below="surface.panel")
        self._help, self._moment = help, ""
        self.caption = label(caption, "tileCaption")
        self.value = StillLabel(name="tileValue")
        fill(QVBoxLayout(self), self.caption, self.value, spacing=0, margins=MARGINS)
        self.show_value(MISSING)
        self._explain()

    def show_moment(self, moment: str) -> None:
        """Say in the tooltip of what moment the value is."""
        if moment != self._moment:
            self._moment = moment
            self._explain()

    def _explain(self) -> None:
        self.setToolTip(tooltip(self._help, self._moment))
        said = sentences((self._help, self._moment))
        self.setAccessibleDescription(said)
        self.caption.setAccessibleDescription(said)

    def width_for(self, usual: str) -> int:
        """Return the width that the tile needs now, and will need for a value as long as is ``usual``."""
        later = self.value.fontMetrics().horizontalAdvance(usual) + MARGINS[0] + MARGINS[2]
        return max(self.sizeHint().width(), later)

    def show_value(self, text: str) -> None:
        """Show a value, if it is not the one already shown."""
        if text != self.value.text():
            self.value.setText(text)
            self.caption.setAccessibleName(f"{self.caption.text()} {text}")


class Readouts(QWidget):
    """The row of tiles: those that this run has, as many as there is room for, but at least one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tiles = {caption: NumberTile(tr(caption), tr(help)) for caption, help in TILES.items()}
        self._room: float = math.inf
        self._run = 0
        self._missing = frozenset({"Reward"})  # few runs have one
        fill(QHBoxLayout(self), *((tile, 1) for tile in self.tiles.values()), spacing=SPACING)
        self._choose_tiles()

    def width_needed(self, *, least: bool = False) -> int:
        """Return the width that all tiles need, or ``least`` one of them."""
        return self._width_of(self._chosen(0 if least else math.inf))

    def fit(self, room: float) -> None:
        """Show the tiles for which there is room, in pixels."""
        self._room = room
        self._choose_tiles()

    def show_frame(self, frame: Frame) -> None:
        """Show the numbers of a frame."""
        progress = frame.progress
        texts = {
            "Epoch": epoch_text(progress),
            "Update": number(progress.update),
            "Training loss": loss_text(frame.train_loss),
            "Validation loss": loss_text(frame.val_loss),
            "Validation accuracy": share_text(frame.val_accuracy),
            "Reward": loss_text(frame.reward),
        }
        for caption, text in texts.items():
            self.tiles[caption].show_value(text)
        moment = moment_of(frame)
        for caption in OF_AN_EPOCH:
            self.tiles[caption].show_moment(moment)
        if frame.run != self._run:
            self._run = frame.run
            for tile in self.tiles.values():
                tile.value.forget()  # the long numbers of the run before
        missing = _missing(frame)
        if missing != self._missing:
            self._missing = missing
            self._choose_tiles()

    def _chosen(self, room: float) -> list[str]:
        """Return the names of the tiles for which there is room."""
        chosen = [name for name in TILES if name not in self._missing]
        for name in LEAST_NEEDED:
            if self._width_of(chosen) > room and name in chosen and len(chosen) > 1:
                chosen.remove(name)
        return chosen

    def _width_of(self, names: list[str]) -> int:
        return sum(self.tiles[name].width_for(USUAL.get(name, "")) + SPACING for name in names) - SPACING

    def _choose_tiles(self) -> None:
        chosen = self._chosen(self._room)
        for name, tile in self.tiles.items():
            tile.setHidden(name not in chosen)


def _missing(frame: Frame) -> frozenset[str]:
    """Return the names of numbers that a run of this kind never has."""
    missing = {"Validation accuracy": frame.task == "regression", "Reward": frame.reward is None}
    return frozenset(name for name, is_missing in missing.items() if is_missing)


def epoch_text(progress: Progress) -> str:
    """Return how many epochs are done, of how many; not of fewer, to which the plan was lowered since."""
    if not progress.epochs:
        return MISSING
    done, planned = number(progress.epoch), number(progress.epochs)
    return f"{done} / {planned}" if progress.epoch <= progress.epochs else done


def moment_of(frame: Frame) -> str:
    """Say which weights the numbers of a frame are of."""
    if frame.measured is None:
        return ""
    if frame.is_best_back:
        words = tr("Now: of the best epoch, {epoch}. Its weights were restored at the end.")
    elif frame.measured:
        words = tr("Now: after epoch {epoch}.")
    else:
        words = tr("Now: before training.")
    return words.format(epoch=number(frame.measured))


def loss_text(loss: float | None) -> str:
    """Return a loss as the legend of the curves shows it."""
    return MISSING if loss is None else short(loss)


def share_text(share: float | None) -> str:
    """Return a share as a percentage."""
    return MISSING if share is None else percent(share)
