import threading
import time

from gradlab.runs.drawing_turn import LONGEST_WAIT_SECONDS, DrawingTurn


def test_nothing_is_held_where_nothing_was_asked():
    turn = DrawingTurn()
    turn.hold()
    assert turn.is_free


def test_who_asks_waits_until_the_other_holds_and_lets_it_go_on():
    turn, order = DrawingTurn(), []

    def train():
        while "asked" not in order:
            time.sleep(0.0001)
        turn.hold()
        order.append("goes on")

    thread = threading.Thread(target=train)
    thread.start()
    order.append("asked")
    turn.ask()
    assert not turn.is_free
    assert "goes on" not in order
    order.append("drawn")
    turn.give_back()
    thread.join()
    assert order == ["asked", "drawn", "goes on"]


def test_nobody_waits_for_a_large_update():
    turn = DrawingTurn()
    start = time.perf_counter()
    turn.ask()
    assert time.perf_counter() - start >= LONGEST_WAIT_SECONDS
    turn.give_back()
    assert turn.is_free


def test_a_window_that_is_stuck_holds_nothing_for_ever():
    turn = DrawingTurn()
    turn.ask(wait=False)
    turn.hold()  # returns
    assert not turn.is_free
