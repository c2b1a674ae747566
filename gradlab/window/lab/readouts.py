"""The current numbers, each in a tile."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gradlab.instruments.records import Frame
from gradlab.language import mark, sentences, tr
from gradlab.window.charts.formatting import short
from gradlab.window.language.numbers import number, percent
from gradlab.window.widgets.ground import RoundedGround
from gradlab.window.widgets.still_label import StillLabel
from gradlab.window.widgets.widgets import label, tooltip

MISSING = "–"
TILES = {
    mark("Epoch"): mark("How often the whole training set was gone through, of all planned epochs."),
    mark("Update"): mark("How often the optimizer changed the weights."),
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


class NumberTile(RoundedGround):
    """One number below its name. A screen reader finds both together: *Update 40*."""

    def __init__(self, caption: str, help: str) -> None:
        super().__init__("surface.window", below="surface.panel")
        self._help, self._moment = help, ""
        self.caption = label(caption, "tileCaption")
        self.value = StillLabel(name="tileValue")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 3, 12, 3)
        column.setSpacing(0)
        column.addWidget(self.caption)
        column.addWidget(self.value)
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

    def show_value(self, text: str) -> None:
        """Show a value, if it is not the one already shown."""
        if text != self.value.text():
            self.value.setText(text)
            self.caption.setAccessibleName(f"{self.caption.text()} {text}")


class Readouts(QWidget):
    """The row of tiles."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tiles = {caption: NumberTile(tr(caption), tr(help)) for caption, help in TILES.items()}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for tile in self.tiles.values():
            row.addWidget(tile, 1)
        self.tiles["Reward"].hide()  # few runs have one

    def show_frame(self, frame: Frame) -> None:
        """Show the numbers of a frame."""
        progress = frame.progress
        texts = {
            "Epoch": f"{number(progress.epoch)} / {number(progress.epochs)}" if progress.epochs else MISSING,
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
        self.tiles["Reward"].setVisible(frame.reward is not None)


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
