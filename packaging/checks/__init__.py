"""What neither ruff nor mypy nor import-linter looks for: ``python -m checks``, a part of ``make.py lint``."""
