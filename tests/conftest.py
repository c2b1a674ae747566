"""Options that some of the tests take, and torch as the lab loads it."""

from gradlab.startup.parts import let_parts_wait

let_parts_wait()


def pytest_addoption(parser):
    parser.addoption(
        "--seeds", type=int, default=2, help="how many seeds the promises of the lessons are checked with"
    )
