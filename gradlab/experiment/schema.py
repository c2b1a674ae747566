"""The experiment: every key of the file, with its range, its default and its explanation.

Values are plain data. Nothing here imports torch or Qt, so that a file can be checked in an instant.
"""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from gradlab.errors import InputError
from gradlab.experiment.registry import registry_of
from gradlab.experiment.sections.base import Section
from gradlab.experiment.sections.data import Data
from gradlab.experiment.sections.gradients import Gradients
from gradlab.experiment.sections.model import Model
from gradlab.experiment.sections.optimizer import Optimizer
from gradlab.experiment.sections.training import Training
from gradlab.experiment.settings import setting
from gradlab.language import mark, tr

FORMAT = 1
LONGEST_NAME = 60  # of a variant

# Characters that some systems do not allow in the name of a folder, or not at that end.
_FOLDER_NAME = re.compile(r'[^\s./\\:*?"<>|\x00-\x1f]([^/\\:*?"<>|\x00-\x1f]*[^\s./\\:*?"<>|\x00-\x1f])?')
# Windows reserves the first ones for devices; the last two are files beside the folders of the variants.
_TAKEN = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?|experiment\.toml|summary\.json", re.IGNORECASE)


def _can_name_a_folder(name: str) -> str:
    if not _FOLDER_NAME.fullmatch(name) or _TAKEN.fullmatch(name):
        raise ValueError("cannot name a folder on every system")
    return name


class Variant(BaseModel):
    """A named set of changes to the experiment; the other keys stay as they are.

    Attributes:
        name: the name of its results and of their folder.
        changes: sections with the keys that differ, as in the file.
    """

    model_config = ConfigDict(frozen=True, extra="allow", strict=True)

    name: Annotated[str, Field(max_length=LONGEST_NAME), AfterValidator(_can_name_a_folder)]

    @property
    def changes(self) -> dict[str, Any]:
        """The sections and keys that differ from the experiment."""
        return self.model_extra or {}


class Experiment(Section):
    """One whole experiment; every key has a default."""

    format: Literal[1] = 1
    name: str = setting(mark("Digits"), label=mark("Name"), help=mark("What the run is called."))
    seed: int = setting(
        0,
        label=mark("Seed"),
        help=mark("Where all chance comes from: the same seed gives the same run again."),
        minimum=0,
        maximum=2**32 - 1,
    )
    replicas: int = setting(
        1,
        label=mark("Replicas"),
        unit=mark("runs"),
        help=mark("How many runs to make at once: from this seed, the next one, and so on."),
        minimum=1,
        maximum=1024,
    )
    data: Data = Data()
    model: Model = Model()
    optimizer: Optimizer = Optimizer()
    gradients: Gradients = Gradients()
    training: Training = Training()
    variants: Annotated[tuple[Variant, ...], Field(strict=False)] = ()

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.training.patience and not self.data.holds_out:
            raise InputError(
                tr(
                    "training.patience = {given} needs a validation set; allowed: 0, or data.validation above 0"
                ).format(given=self.training.patience),
                "training.patience",
            )
        uses_nesterov = "nesterov" in registry_of("gradlab.training.optimizers")[self.optimizer.kind].uses
        if uses_nesterov and self.optimizer.nesterov and not self.optimizer.momentum:
            raise InputError(
                tr("optimizer.nesterov = true needs momentum; allowed: false, or optimizer.momentum above 0"),
                "optimizer.nesterov",
            )
        return self

    def with_value(self, key: str, value: object) -> "Experiment":
        """Return a copy with one dotted key changed, validated as a whole.

        Raises:
            pydantic.ValidationError: where the value is not allowed.
            KeyError: where there is no such key.
        """
        document: dict[str, Any] = self.model_dump()
        *sections, name = key.split(".")
        table = document
        for section in sections:
            table = table.get(section, {})
            if not isinstance(table, dict):  # a setting is no section
                raise KeyError(key)
        if name not in table:
            raise KeyError(key)
        table[name] = value
        return Experiment.model_validate(document)
