import pytest

from gradlab.window.language.numbers import duration


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "< 1 s"), (1, "1 s"), (99.4, "99 s"), (100, "2 min"), (3600, "60 min"), (7500, "2 h 5 min")],
)
def test_time_spans_are_rounded_for_people(seconds, text):
    assert duration(seconds) == text
