from PySide6.QtGui import QFontMetricsF

from gradlab.window.charts.chart import Chart
from gradlab.window.charts.guides import GuideLine, Guides, Zone
from gradlab.window.charts.x_axis import XAxis


def test_words_of_guides_never_lie_on_each_other(show_widget):
    chart = show_widget(Chart(XAxis()), 500, 200)
    chart.view.setRange(yRange=(-3.2, -2.4), padding=0)
    zones = tuple(Zone(f"zone {number}", -4 + number / 5, -3.8 + number / 5) for number in range(8))
    guides = Guides(chart, tuple(GuideLine(-3 + step / 50, f"level {step}") for step in range(5)), zones)
    placed = guides.places(QFontMetricsF(chart.font()))
    assert len(placed) > 1
    for number, (rect, _) in enumerate(placed):
        assert not any(rect.intersects(other) for other, _ in placed[number + 1 :])
