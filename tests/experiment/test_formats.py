"""Experiment files of other versions, and those that no system opens."""

from pathlib import Path

import pytest

from gradlab.errors import InputError
from gradlab.experiment import files
from gradlab.experiment.files import load, loads


def test_files_of_earlier_formats_are_brought_up_to_date_step_by_step(monkeypatch):
    migrations = {
        1: lambda document: {"the_seed": document["number"]},
        2: lambda document: {"seed": document["the_seed"]},
    }
    monkeypatch.setattr(files, "FORMAT", 3)
    monkeypatch.setattr(files, "MIGRATIONS", migrations)
    assert loads("format = 1\nnumber = 7").seed == 7
    assert loads("format = 2\nthe_seed = 8").seed == 8
    with pytest.raises(InputError, match="format = 4 is newer than this GradLab reads; allowed: 1 to 3"):
        loads("format = 4")


def test_a_path_that_no_system_allows_is_one_line():
    with pytest.raises(InputError, match="cannot be read: embedded null"):
        load(Path("nowhere\0.toml"))
