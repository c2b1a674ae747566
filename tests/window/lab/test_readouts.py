import math

import pytest

from gradlab.instruments.records import Frame, Progress
from gradlab.window.lab.readouts import TILES, Readouts, loss_text, share_text


@pytest.fixture
def readouts(show_widget):
    return show_widget(Readouts())


def test_a_frame_fills_the_tiles(readouts):
    readouts.show_frame(
        Frame(
            progress=Progress(epoch=3, epochs=20, update=1234),
            train_loss=0.41234,
            val_loss=0.5,
            val_accuracy=0.9733,
        )
    )
    assert {caption: tile.value.text() for caption, tile in readouts.tiles.items()} == {
        "Epoch": "3 / 20",
        "Update": "1,234",
        "Training loss": "0.412",
        "Validation loss": "0.500",
        "Validation accuracy": "97.3%",
        "Reward": "–",
    }
    assert readouts.tiles["Reward"].isHidden()


@pytest.mark.parametrize(
    ("epoch", "epochs", "shown"), [(0, 20, "0 / 20"), (20, 20, "20 / 20"), (20, 8, "20"), (0, 0, "–")]
)
def test_no_plan_is_shown_that_was_lowered_below_what_is_done(readouts, epoch, epochs, shown):
    readouts.show_frame(Frame(progress=Progress(epoch=epoch, epochs=epochs)))
    assert readouts.tiles["Epoch"].value.text() == shown


def test_a_reward_has_a_tile_where_there_is_one(readouts):
    assert readouts.tiles["Reward"].isHidden()
    readouts.show_frame(Frame(reward=-0.25))
    assert readouts.tiles["Reward"].value.text() == "−0.250"
    assert readouts.tiles["Reward"].isVisible()


def test_where_numbers_are_predicted_nothing_is_right_or_wrong(readouts):
    readouts.show_frame(Frame(task="regression", val_loss=0.5))
    assert readouts.tiles["Validation accuracy"].isHidden()
    readouts.fit(0)
    assert [name for name, tile in readouts.tiles.items() if tile.isVisible()] == ["Validation loss"]
    readouts.show_frame(Frame(val_accuracy=0.5))
    assert [name for name, tile in readouts.tiles.items() if tile.isVisible()] == ["Validation accuracy"]


def test_a_screen_reader_hears_name_and_value(readouts):
    readouts.show_frame(Frame(train_loss=0.412))
    assert readouts.tiles["Training loss"].caption.accessibleName() == "Training loss 0.412"
    assert readouts.tiles["Validation accuracy"].caption.accessibleName() == "Validation accuracy –"
    for caption, help in TILES.items():
        assert readouts.tiles[caption].caption.accessibleDescription() == help


def test_an_unchanged_value_is_left_alone(readouts, monkeypatch):
    readouts.show_frame(Frame(train_loss=0.412))
    tile = readouts.tiles["Training loss"].value
    monkeypatch.setattr(tile, "setText", lambda _: pytest.fail("the label was touched"))
    readouts.show_frame(Frame(train_loss=0.412))


def test_a_loss_is_written_as_in_the_legend():
    assert loss_text(None) == "–"
    assert loss_text(2.5e-7) == "2.50×10⁻⁷"
    assert loss_text(math.nan) == "NaN"


@pytest.mark.parametrize(
    ("frame", "moment"),
    [
        (Frame(measured=0, train_loss=2.3), "Now: before training."),
        (Frame(measured=7, train_loss=0.4), "Now: after epoch 7."),
        (
            Frame(measured=19, is_best_back=True, train_loss=0.3),
            "Now: of the best epoch, 19. Its weights were restored at the end.",
        ),
    ],
)
def test_a_tile_says_of_which_weights_its_number_is(readouts, frame, moment):
    readouts.show_frame(frame)
    for caption in ("Training loss", "Validation loss", "Validation accuracy"):
        assert moment in readouts.tiles[caption].toolTip()
        assert readouts.tiles[caption].caption.accessibleDescription().endswith(moment)
    assert moment not in readouts.tiles["Update"].toolTip()
    readouts.show_frame(Frame())
    assert moment not in readouts.tiles["Training loss"].toolTip()


def test_a_missing_share_is_a_dash():
    assert share_text(None) == "–"
    assert share_text(1.0) == "100.0%"
