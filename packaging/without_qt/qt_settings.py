"""A pytest plugin for runs without pytest-qt: knows its settings in pyproject.toml, and ignores them."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Accept what pytest-qt would read."""
    for name in ("qt_api", "qt_log_level_fail"):
        parser.addini(name, "read by pytest-qt alone")
