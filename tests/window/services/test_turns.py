from PySide6.QtCore import QObject, QTimer

from gradlab.window.services.turns import in_turns


def test_what_fails_at_its_turn_does_not_stop_the_others(qtbot):
    done, owner = [], QObject()

    def fail():
        raise ValueError("no")

    with qtbot.capture_exceptions() as failures:
        in_turns(owner, iter([lambda: done.append(1), fail, lambda: done.append(2)]))
        qtbot.waitUntil(lambda: done == [1, 2])
    assert [kind for kind, *_ in failures] == [ValueError]


def test_the_window_answers_between_two_turns(qtbot):
    owner, told = QObject(), []
    timer = QTimer(owner, interval=0)
    timer.timeout.connect(lambda: told.append("answer"))
    timer.start()
    in_turns(owner, iter([lambda: told.append("first"), lambda: told.append("second")]))
    qtbot.waitUntil(lambda: "second" in told)
    timer.stop()
    assert "answer" in told[told.index("first") : told.index("second")]
