"""A table as the import page shows it, made up: nothing is read."""

from gradlab.experiment.sections.data import Data
from gradlab.tables.grid import FileLayout
from gradlab.tables.remarks import Level, Remark, Remedy
from gradlab.tables.survey import ColumnSurvey, Kind, Role, Survey

ROWS = (("1.5", "red", "7", "ok"), ("1O.5", "blue", "", "bad"), ("2.5", "red", "9", "ok"))
NAMES = ("length", "colour", "code", "verdict")
KINDS = (Kind.NUMBER, Kind.CATEGORY, Kind.NUMBER, Kind.CATEGORY)
LEAVE_OUT = Remedy("Leave “length” out", {"data.ignore": ("length",)})
AS_GAP = Remedy("Take “1O.5” for a missing value", {"data.gaps": ("1O.5",)})
TYPO = Remark("“1O.5” in line 3 is no number", column="length", lines=(3,), remedies=(LEAVE_OUT, AS_GAP))
GUESS = Remark("data.separator is taken to be a comma", Level.NOTICE, "data.separator")


def surveyed(data: Data) -> Survey:
    """Return what there is to say of the table: the typing error counts until it is settled."""
    target = data.target or NAMES[-1]
    is_settled = "length" in data.ignore or "1O.5" in data.gaps
    return Survey(
        layout=FileLayout("utf-8", ",", True),
        decimal=".",
        thousands="",
        columns=tuple(
            ColumnSurvey(
                name, _role(name, target, data), _kind(name, kind, data), int(name == "code"), 2, "1, 2"
            )
            for name, kind in zip(NAMES, KINDS, strict=True)
        ),
        rows=len(ROWS),
        left_out=0,
        preview=ROWS,
        preview_lines=(2, 3, 4),
        task="classification" if target in ("colour", "verdict") else "regression",
        classes=("ok", "bad") if target == "verdict" else (),
        remarks=(GUESS,) if is_settled else (TYPO, GUESS),
    )


def _role(name: str, target: str, data: Data) -> Role:
    return Role.TARGET if name == target else Role.LEFT_OUT if name in data.ignore else Role.INPUT


def _kind(name: str, kind: Kind, data: Data) -> Kind:
    return Kind.CATEGORY if name in data.categories else kind
