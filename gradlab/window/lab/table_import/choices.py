"""What a choice on the import page means for the experiment."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gradlab.experiment import files
from gradlab.experiment.in_force import SettingsInForce
from gradlab.experiment.relevance import ruled_out
from gradlab.experiment.schema import Experiment
from gradlab.experiment.sections.data import Data
from gradlab.experiment.settings import by_key, value_of
from gradlab.tables.survey import ColumnSurvey, Kind, Role, Survey

Changes = Mapping[str, Any]  # by dotted key, as in a Remedy
TABLE, PICTURES = "csv", "images"  # the data sources of people's own

# With another column to predict, or other columns, these would be about something that is not there.
OF_TARGET: Changes = {"data.task": "auto", "data.positive_class": ""}
OF_COLUMNS: Changes = {"data.target": "", "data.ignore": (), "data.categories": (), **OF_TARGET}
MAKES_COLUMNS = ("data.separator", "data.encoding", "data.header", "data.sheet")


def on_table(experiment: Experiment, path: Path) -> Experiment:
    """Return an experiment on another table: its name is the file's, and nothing is known of the table yet."""
    return _on(experiment, path, TABLE)


def on_pictures(experiment: Experiment, folder: Path) -> Experiment:
    """Return an experiment on a folder of pictures; its name is the folder's."""
    return _on(experiment, folder, PICTURES)


def _on(experiment: Experiment, path: Path, source: str) -> Experiment:
    settings = SettingsInForce(experiment)
    settings.take("data.source", source)  # takes back what the data before suggested
    update = {"data": Data(source=source, path=str(path.resolve())), "name": path.stem, "variants": ()}
    return _with_possible_choices(settings.shown.model_copy(update=update))


def _with_possible_choices(experiment: Experiment) -> Experiment:
    """Put the usual model, loss and so on where the ones there do not go with these data."""
    for key, setting in by_key(Experiment).items():
        if value_of(experiment, key) in ruled_out(experiment, key):
            experiment = files.change(experiment, key, setting.default)
    return experiment


def changed(experiment: Experiment, changes: Changes) -> Experiment:
    """Return the experiment with all changes made; raises InputError.

    Where the columns become others, what was said of those before is forgotten.
    """
    makes_columns = any(key in MAKES_COLUMNS for key in changes)
    for key, value in {**(OF_COLUMNS if makes_columns else {}), **changes}.items():
        experiment = files.change(experiment, key, value)
    return experiment


def of_role(data: Data, survey: Survey, column: str, role: Role) -> Changes:
    """Return the changes that make a column an input, the one to predict, or none of both."""
    others = tuple(name for name in data.ignore if name != column)
    if role is Role.TARGET:
        return {"data.target": column, "data.ignore": others, **OF_TARGET}
    # An empty target means the last column: say which one it is, before another one is the last.
    target = {"data.target": target_of(survey)}
    return {"data.ignore": (*others, column) if role is Role.LEFT_OUT else others, **target}


def of_kind(data: Data, column: ColumnSurvey, kind: Kind) -> Changes:
    """Return the changes that make a column one of numbers or of words."""
    if column.role is Role.TARGET:
        return {"data.task": "classification" if kind is Kind.CATEGORY else "regression"}
    others = tuple(name for name in data.categories if name != column.name)
    return {"data.categories": (*others, column.name) if kind is Kind.CATEGORY else others}


def possible_roles(data: Data, column: ColumnSurvey) -> frozenset[Role]:
    """Return the roles that can be given to a column: something has to be predicted, and not all can be input."""
    if column.role is Role.TARGET:
        return frozenset({Role.TARGET})
    if column.role is Role.LEFT_OUT and column.name not in data.ignore:  # it holds nothing to learn from
        return frozenset({Role.LEFT_OUT, Role.TARGET})
    return frozenset(Role)


def possible_kinds(data: Data, column: ColumnSurvey) -> frozenset[Kind]:
    """Return the kinds that a column can be taken for."""
    if column.kind is Kind.NUMBER or column.name in data.categories:
        return frozenset({Kind.NUMBER, Kind.CATEGORY})
    if column.role is Role.TARGET and data.task == "classification":
        return frozenset({Kind.NUMBER, Kind.CATEGORY})
    return frozenset({column.kind})


def target_of(survey: Survey) -> str:
    """Return the name of the column to predict; empty while there is none."""
    return next((column.name for column in survey.columns if column.role is Role.TARGET), "")
