import pytest
from made_up import code_frames
from PySide6.QtGui import QGuiApplication

from gradlab.experiment.schema import Experiment
from gradlab.export.loop_code import lines_for, text_of
from gradlab.instruments.records import Frame, Progress, State
from gradlab.window.panels.code.panel import CodePanel
from gradlab.window.theme.tokens import Theme

LIGHT = Theme.load("light")
NEVER = Experiment().with_value("gradients.zero", "never")


@pytest.fixture
def panel(show_widget):
    return show_widget(CodePanel(), 420, 300)


def at(phase, experiment=NEVER, by_phase=True):
    return Frame(state=State.PAUSED, experiment=experiment, progress=Progress(phase=phase, by_phase=by_phase))


def lit(panel) -> list[str]:
    return [mark.cursor.block().text().strip() for mark in panel.code.extraSelections()]


def test_it_shows_the_loop_of_the_experiment_and_follows_its_settings(panel):
    panel.show_frame(Frame(experiment=Experiment()))
    assert panel.code.toPlainText() == text_of(lines_for(Experiment())).rstrip()
    assert "optimizer.zero_grad()" in panel.code.toPlainText()
    panel.show_frame(Frame(experiment=NEVER))
    assert "zero_grad" not in panel.code.toPlainText()


@pytest.mark.parametrize(
    ("phase", "line"),
    [
        ("forward", "loss = loss_function(model(inputs), targets)"),
        ("backward", "loss.backward()"),
        ("updated", "optimizer.step()"),
    ],
)
def test_the_line_that_was_just_done_is_lit(panel, phase, line):
    panel.show_frame(at(phase))
    assert lit(panel) == [line]
    [mark] = panel.code.extraSelections()
    assert mark.format.background().color() == LIGHT.color("surface.selection")


def test_the_latest_phase_is_also_said_in_words(panel):
    panel.show_frame(at("backward"))
    assert panel.now.text() == "Just done: Backward"
    assert panel.code.accessibleDescription() == "Just done: Backward"
    assert panel.code.accessibleName() == "PyTorch code"


def test_no_line_is_lit_while_the_run_is_not_stepped(panel):
    panel.show_frame(at("backward"))
    panel.show_frame(at("updated", by_phase=False))
    assert lit(panel) == []
    assert "Press Phase" in panel.now.text()


def test_all_lines_of_a_step_by_hand_are_lit(panel):
    panel.show_frame(at("updated", Experiment().with_value("optimizer.kind", "by_hand")))
    assert lit(panel)[0] == "with torch.no_grad():"
    assert lit(panel)[-1] == "weight -= 0.1 * weight.grad"


def test_copy_takes_the_whole_code_along(panel, qtbot):
    panel.show_frame(at("forward"))
    panel.copy.click()
    assert QGuiApplication.clipboard().text() == text_of(lines_for(NEVER))
    assert panel.copy.text() == "Copied"
    qtbot.waitUntil(lambda: panel.copy.text() == "Copy", timeout=4000)


def test_keywords_numbers_and_calls_have_colours_of_the_theme(panel, wear):
    for name in ("light", "dark"):
        theme = wear(name)
        panel.show_frame(Frame(experiment=NEVER))
        block = panel.code.document().findBlockByNumber(3)
        assert block.text() == "for epoch in range(20):"
        colors = {
            block.text()[part.start : part.start + part.length]: part.format.foreground().color()
            for part in block.layout().formats()
        }
        assert colors["for"] == colors["in"] == theme.color("accent.normal")
        assert colors["20"] == theme.color("series.validation")
        assert colors["range"] == theme.color("series.accuracy")


def test_the_code_can_be_read_and_selected_with_the_keyboard_but_not_changed(panel, qtbot):
    panel.show_frame(Frame(experiment=NEVER))
    before = panel.code.toPlainText()
    panel.code.setFocus()
    panel.code.selectAll()
    qtbot.keyClicks(panel.code, "x")
    assert panel.code.toPlainText() == before
    assert panel.code.textCursor().hasSelection()


def test_a_stepped_update_lights_one_line_after_the_other(panel):
    seen = []
    for frame in code_frames():
        panel.show_frame(frame)
        seen += lit(panel)
    assert len(seen) == 7
    assert seen[-1] == "optimizer.step()"
