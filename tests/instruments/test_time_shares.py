import pytest

from gradlab.instruments.time_shares import SPAN_SECONDS, TimeShares


def test_parts_have_their_share_of_the_whole_time(clock):
    times = TimeShares()

    def work(seconds):
        clock[0] += seconds
        return seconds

    for _ in range(5):
        assert times.timed("curves", work)(0.1) == 0.1
        assert times.timed("flow", work)(seconds=0.3) == 0.3
        times.add(0.8)
    assert times.shares() == pytest.approx({"curves": 0.125, "flow": 0.375})


def test_shares_are_of_the_latest_second_only(clock):
    times = TimeShares()
    times.timed("flow", lambda: clock.__setitem__(0, clock[0] + 0.5))()
    times.add(1.0)
    assert times.shares() == {}
    clock[0] += SPAN_SECONDS
    assert times.shares() == {"flow": 0.5}
    times.add(1.0)
    assert times.shares() == {"flow": 0.5}
    clock[0] += SPAN_SECONDS
    assert times.shares() == {"flow": 0.0}


def test_time_counts_for_a_part_also_where_it_fails(clock):
    times = TimeShares()

    def fail():
        clock[0] += 0.2
        raise ValueError

    with pytest.raises(ValueError):
        times.timed("flow", fail)()
    times.add(0.4)
    clock[0] += SPAN_SECONDS
    assert times.shares() == pytest.approx({"flow": 0.5})
