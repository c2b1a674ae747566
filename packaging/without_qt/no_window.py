"""A pytest plugin for runs without Qt: leaves out the tests that need it, and pytest-qt's settings."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Accept what pytest-qt would read from pyproject.toml."""
    for name in ("qt_api", "qt_log_level_fail"):
        parser.addini(name, "read by pytest-qt alone")


def pytest_configure(config: pytest.Config) -> None:
    """Leave out the tests of the window."""
    config.option.ignore = [*(config.option.ignore or []), "tests/window"]
