"""What only some machines can compute, on any of them."""

import pytest


@pytest.fixture
def float16_on_the_cpu(monkeypatch):
    """Let float16 be trained on the CPU, which can but is slow at it."""
    monkeypatch.setattr("gradlab.training.network.check_precision", lambda experiment, device: None)
