"""A pytest plugin for runs without Qt: leaves out the tests that need it, and pytest-qt's settings."""

from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Accept what pytest-qt would read from pyproject.toml."""
    for name in ("qt_api", "qt_log_level_fail"):
        parser.addini(name, "read by pytest-qt alone")


def pytest_configure(config: pytest.Config) -> None:
    """Leave out the tests of the window also where they were asked for by name."""
    config.option.ignore = [*(config.option.ignore or []), "tests/window"]
    config.args = [name for name in config.args if "window" not in Path(name).parts]
