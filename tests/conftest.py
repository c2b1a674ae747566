"""Options that some of the tests take."""


def pytest_addoption(parser):
    parser.addoption(
        "--seeds", type=int, default=2, help="how many seeds the promises of the lessons are checked with"
    )
