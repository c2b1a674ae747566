"""Everything that shows data can be saved as a picture or a table."""

import csv
from xml.etree import ElementTree

import pytest
from made_up import loss_frames
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QSlider,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gradlab.instruments.records import Curves, Snapshot
from gradlab.panel_info import panels
from gradlab.window.charts.legend import CurveKey
from gradlab.window.lab.panel_area import PanelArea
from gradlab.window.panels.catalogue import panel_class
from gradlab.window.panels.loss.panel import LossPanel
from gradlab.window.services.export import Exporter, ExportMenu, as_png, as_svg, file_name, image_of
from gradlab.window.services.figure import Figure
from gradlab.window.widgets.boxes import fill

FRAME = loss_frames()[-1]


@pytest.fixture
def area(show_widget):
    made = show_widget(PanelArea([LossPanel()]), 700, 500)
    made.show_snapshot(Snapshot(FRAME))
    return made


@pytest.fixture
def dock(area):
    return area.docks["loss"]


@pytest.fixture
def window(qtbot):
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def exporter(window, store):
    return Exporter(store, window)


def open_menu() -> ExportMenu:
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, ExportMenu)
    return menu


def pick(menu: ExportMenu, kind: str) -> None:
    action = next(action for action in menu.actions() if action.data() == kind)
    assert action.isEnabled()
    action.trigger()
    menu.close()


def answer_with(monkeypatch, path):
    """Have the file dialog return a path; return what it suggested."""
    suggested = []

    def ask(parent, title, suggestion, filters):
        suggested.append(suggestion)
        return str(path), filters

    monkeypatch.setattr(QFileDialog, "getSaveFileName", ask)
    return suggested


def right_click(widget: QWidget) -> None:
    place = widget.rect().center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, widget.mapToGlobal(place))
    QApplication.sendEvent(widget, event)


@pytest.mark.parametrize("chart", ["loss", "metric"])
def test_a_right_click_exports_the_chart_under_the_mouse(dock, area, qtbot, chart):
    plot = getattr(dock.panel.charts, chart)
    right_click(plot.viewport())
    with qtbot.waitSignal(area.export_wanted) as wanted:
        pick(open_menu(), "png")
    assert wanted.args == [plot.parentWidget(), "png"]


def test_the_menu_of_pyqtgraph_does_not_appear(dock, qtbot):
    QTest.mouseClick(dock.panel.charts.loss.viewport(), Qt.MouseButton.RightButton, pos=QPoint(100, 50))
    assert not isinstance(QApplication.activePopupWidget(), QWidget)


@pytest.mark.parametrize("keys", [(Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier), None])
def test_the_keyboard_exports_the_chart_it_is_in(dock, area, qtbot, keys):
    chart = dock.panel.charts.metric
    chart.setFocus()
    qtbot.waitUntil(chart.hasFocus)
    if keys:
        qtbot.keyClick(chart, *keys)
    else:  # what Qt makes of the Menu key
        event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(), QPoint())
        QApplication.sendEvent(chart, event)
    with qtbot.waitSignal(area.export_wanted) as wanted:
        pick(open_menu(), "csv")
    assert wanted.args[0] is dock.panel.page.metric_block


def test_the_title_bar_exports_the_whole_panel(dock, area, qtbot):
    button = dock.titleBarWidget().export
    assert button.accessibleName() == "Export Loss and metrics"
    button.click()
    with qtbot.waitSignal(area.export_wanted) as wanted:
        pick(open_menu(), "svg")
    assert wanted.args == [dock.panel, "svg"]


def test_there_is_no_table_before_there_is_data(qtbot, area, dock):
    dock.panel.show_frame(type(FRAME)(run=1))
    dock.offer_export(dock.panel)
    menu = open_menu()
    enabled = {action.data(): action.isEnabled() for action in menu.actions() if action.data()}
    menu.close()
    assert enabled == {"png": True, "svg": True, "csv": False, "copy": True}


def test_a_picture_is_twice_as_sharp_as_the_screen(dock):
    picture = QImage.fromData(as_png(dock.panel), "PNG")
    assert picture.size() == Figure(dock.panel).size * 2


def texts_of(drawing: ElementTree.Element) -> set[str]:
    return {each.text.strip() for each in drawing.iter() if each.tag.endswith("}text") and each.text}


def test_a_drawing_is_made_of_lines_and_text(dock):
    size = Figure(dock.panel).size
    drawing = ElementTree.fromstring(as_svg(dock.panel))
    assert drawing.get("viewBox") == f"0 0 {size.width()} {size.height()}"
    names = [element.tag.rpartition("}")[2] for element in drawing.iter()]
    assert "image" not in names
    assert names.count("circle") + names.count("ellipse") + names.count("path") > len(
        FRAME.get(Curves).epochs
    )
    assert names.count("path") + names.count("polyline") > 20


def test_a_figure_has_a_title_the_axes_and_the_legend_and_no_controls(dock):
    texts = texts_of(ElementTree.fromstring(as_svg(dock.panel)))
    assert {"Loss and metrics", "Training loss", "Validation loss", "Epoch", "0"} <= texts
    buttons = {each.text() for each in dock.panel.findChildren(QPushButton) if each.isVisible()}
    assert buttons
    assert not {text.strip() for text in buttons} & texts


def test_a_figure_of_one_plot_has_its_own_title(dock):
    block = dock.panel.page.loss_block
    texts = texts_of(ElementTree.fromstring(as_svg(block)))
    assert block.accessibleName() in texts
    assert "Accuracy" not in texts


def test_a_curve_that_is_switched_off_is_not_in_the_legend(dock):
    key = next(each for each in dock.panel.findChildren(CurveKey) if each.text() == "Accuracy")
    assert "Accuracy" in texts_of(ElementTree.fromstring(as_svg(dock.panel)))
    key.setChecked(False)
    assert "Accuracy" not in texts_of(ElementTree.fromstring(as_svg(dock.panel)))


@pytest.fixture
def crowded(show_widget):
    """A head with a list, a long picture to scroll, a slider, and words below."""
    made = QWidget()
    made.setAccessibleName("Crowd")
    choice, knob = QComboBox(), QSlider(Qt.Orientation.Horizontal)
    choice.setAccessibleName("View")
    choice.addItem("by day")
    knob.setAccessibleName("Hour")
    name, row = QLabel("Hour of the day"), QWidget()
    name.setBuddy(knob)
    fill(QHBoxLayout(row), name, knob, QLabel("7"))
    area, tall = QScrollArea(), QWidget()
    area.setWidgetResizable(True)
    fill(QVBoxLayout(tall), *[QLabel(f"line {number}") for number in range(30)])
    area.setWidget(tall)
    head = fill(QHBoxLayout(), choice, QLabel("beside"), None)
    fill(QVBoxLayout(made), head, row, (area, 1), QLabel("below"))
    return show_widget(made, 300, 300)


def test_what_controls_chose_is_written_beneath_the_title(crowded):
    figure = Figure(crowded)
    assert set(figure.choices.split(" · ")) == {"View: by day", "Hour: 7"}
    texts = texts_of(ElementTree.fromstring(as_svg(crowded)))
    assert "Hour of the day" not in texts
    assert "7" not in texts


def test_the_room_of_controls_is_closed_and_what_is_scrolled_away_is_drawn(crowded):
    texts = [
        each.text.strip()
        for each in ElementTree.fromstring(as_svg(crowded)).iter()
        if each.tag.endswith("}text") and each.text
    ]
    assert [f"line {number}" for number in range(30)] == [text for text in texts if text.startswith("line")]
    assert {"beside", "below"} <= set(texts)
    placed = {part.widget.text(): part.place for part in Figure(crowded).parts}
    assert placed["beside"].left() == placed["below"].left() == 0
    assert placed["beside"].bottom() < placed["line 0"].top() <= placed["beside"].bottom() + 30
    assert placed["line 29"].bottom() < placed["below"].top()


def table():
    made = QTableWidget(40, 12)
    for row in range(40):
        made.setItem(row, 0, QTableWidgetItem(f"line {row}"))
        made.setItem(row, 11, QTableWidgetItem(f"end {row}"))
    return made


def items():
    made = QListWidget()
    made.addItems([f"line {row}" for row in range(40)])
    return made


def code():
    made = QPlainTextEdit("\n".join(f"line {row}" for row in range(40)))
    made.setReadOnly(True)
    return made


@pytest.mark.parametrize("make", [table, items, code])
def test_a_table_a_list_or_a_text_is_whole_in_the_figure_and_stays_where_it_was_scrolled_to(
    show_widget, make
):
    area, made = make(), QWidget()
    fill(QVBoxLayout(made), QLabel("above"), (area, 1))
    show_widget(made, 300, 200)
    area.verticalScrollBar().setValue(7)
    texts = texts_of(ElementTree.fromstring(as_svg(made)))
    assert {"above", "line 0", "line 39"} <= set(texts)
    assert make is not table or {"end 0", "end 39"} <= set(texts)
    assert (made.size().toTuple(), area.verticalScrollBar().value()) == ((300, 200), 7)


@pytest.mark.parametrize("name", [info.name for info in panels() if info.watches])
def test_every_panel_makes_a_figure_before_there_is_anything(show_widget, name):
    panel = show_widget(panel_class(name)(), 500, 400)
    assert panel.title in texts_of(ElementTree.fromstring(as_svg(panel)))


def test_that_a_right_click_saves_and_the_wheel_zooms_is_told(area, dock):
    assert "Right-click" in dock.words
    assert "wheel zooms" in dock.words
    assert dock.whatsThis() == dock.panel.whatsThis() == dock.words
    assert "right click" in dock.titleBarWidget().export.toolTip()
    dock.offer_export(dock.panel)
    menu = open_menu()
    notes = [action.text() for action in menu.actions() if not action.data() and not action.isSeparator()]
    menu.close()
    assert len(notes) == 1
    assert "right click" in notes[0]


def test_a_table_has_every_update_and_not_what_fits_on_the_screen(dock, exporter, monkeypatch, tmp_path):
    path = tmp_path / "run.csv"
    answer_with(monkeypatch, path)
    exporter.export(dock.panel.page.loss_block, "csv")
    with path.open(encoding="utf-8-sig", newline="") as file:
        losses = [float(row["loss"]) for row in csv.DictReader(file) if row["loss"]]
    assert losses == FRAME.get(Curves).update_loss.tolist()


def test_the_folder_and_the_name_are_suggested(dock, exporter, monkeypatch, tmp_path):
    suggested = answer_with(monkeypatch, tmp_path / "one")
    exporter.export(dock.panel, "png")
    exporter.export(dock.panel, "svg")
    assert suggested == ["loss-and-metrics.png", str(tmp_path / "loss-and-metrics.svg")]
    assert {path.name for path in tmp_path.iterdir()} >= {"one.png", "one.svg"}


def test_giving_up_writes_nothing(dock, exporter, monkeypatch, tmp_path):
    answer_with(monkeypatch, "")
    exporter.export(dock.panel, "png")
    assert not list(tmp_path.glob("*.png"))


def test_what_cannot_be_written_is_said_in_one_line(dock, exporter, window, monkeypatch, tmp_path):
    path = tmp_path / "missing" / "loss.png"
    path.parent.write_text("a file in the folder's place")
    answer_with(monkeypatch, path)
    exporter.export(dock.panel, "png")
    [box] = window.findChildren(QMessageBox)
    assert box.text() == f"{path} could not be saved: File exists."
    box.close()


def test_a_copied_picture_is_on_the_clipboard(dock, exporter):
    exporter.export(dock.panel, "copy")
    assert QGuiApplication.clipboard().image().size() == image_of(dock.panel).size()


def test_the_window_can_be_saved_as_a_picture(open_window, monkeypatch, tmp_path):
    window = open_window()
    answer_with(monkeypatch, tmp_path / "window.png")
    [action] = [action for action in window.menus["file"].actions() if "picture" in action.text()]
    action.trigger()
    assert QImage(str(tmp_path / "window.png")).size() == window.size() * 2


def test_a_panel_in_the_lab_reaches_the_exporter(open_window, monkeypatch, tmp_path):
    window = open_window()
    answer_with(monkeypatch, tmp_path / "panel.png")
    dock = window.lab.panels.docks["loss"]
    dock.export_wanted.emit(dock.panel, "png")
    assert (tmp_path / "panel.png").exists()


def test_names_suit_every_system(qtbot):
    label = QLabel()
    qtbot.addWidget(label)
    label.setAccessibleName('Loss: "a/b"?')
    assert file_name(label) == "loss-a-b"
    label.setAccessibleName("")
    assert file_name(label) == "gradlab"


def test_a_panel_without_data_offers_no_export(open_window):
    window = open_window()
    dock = window.lab.panels.docks["experiment"]
    assert dock.titleBarWidget().export.isHidden()
    right_click(dock.panel)
    assert not isinstance(QApplication.activePopupWidget(), ExportMenu)
