"""A small lesson, and what tests do with a window that asks something."""

import zipfile
from pathlib import Path

PLAN = """
format = 1
id = "small"
minutes = 3
[[steps]]
panels = ["loss", "compare"]
experiment = "moons.toml"
observe = [{ see = "reached", updates = 5 }, { see = "reached", epochs = 2 }]
[[steps]]
panels = ["gradients"]
observe = [{ see = "reached", updates = 1 }]
[[steps]]
panels = ["loss"]
experiment = "line.toml"
"""
TEXT = """# A small *lesson*

What it is about.

## First

A body with `code` and a [link](lesson:epochs).

### predict
What will happen?

- [x] This
  Yes, this.
- [ ] That
  No, not that.

### observe
- Five updates
- Two epochs

## Second

More.

### observe
- One update

### check
And now?

- [ ] One
  No, two.
- [x] Two
  Right.

## Third

The end is near.

## truth
What stays.
"""


def write_lesson(folder: Path, text: str = TEXT, plan: str = PLAN) -> Path:
    """Write the lesson into a folder; return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "lesson.toml").write_text(plan)
    (folder / "text.en.md").write_text(text)
    (folder / "moons.toml").write_text('name = "Moons"\n[data]\nsource = "moons"\n')
    (folder / "line.toml").write_text('name = "Line"\n[data]\nsource = "line"\n[model]\nkind = "linear"\n')
    return folder


def zipped(folder: Path, path: Path) -> Path:
    """Write a lesson's folder as one file, as people pass it on; return the path."""
    with zipfile.ZipFile(path, "w") as archive:
        for file in folder.iterdir():
            archive.write(file, file.name)
    return path
