"""The section ``[data]``."""

from typing import Annotated, Literal

from pydantic import Field

from gradlab.experiment.registry import registry_of
from gradlab.experiment.sections.base import Section, registered
from gradlab.experiment.settings import setting
from gradlab.language import mark

Names = Annotated[tuple[str, ...], Field(strict=False)]


class Data(Section):
    """What the network learns from."""

    source: Annotated[str, registered("gradlab.datasets")] = setting(
        "digits",
        label=mark("Dataset"),
        help=mark("Where the examples come from."),
        registry="gradlab.datasets",
        advanced=False,
    )
    samples: int = setting(
        500,
        label=mark("Samples"),
        unit=mark("rows"),
        help=mark("How many examples to generate."),
        minimum=4,
        maximum=1_000_000,
    )
    noise: float = setting(
        0.1,
        label=mark("Noise"),
        help=mark("How blurred the generated examples are: the deviation of the random part added to them."),
        minimum=0,
        maximum=10,
    )
    positive: float = setting(
        0.02,
        label=mark("Share of positives"),
        help=mark(
            "How many of the generated examples belong to the rare class, of all of them: 0.02 is 2 in 100."
        ),
        minimum=0.0001,
        maximum=0.5,
    )
    pattern: Literal["adding", "chirp"] = setting(
        "adding",
        label=mark("Pattern"),
        help=mark("What the generated sequences show, and what is to be predicted."),
        choices={
            "adding": (
                mark("Adding two numbers"),
                mark("Two of the numbers are marked. Predict their sum: a test of memory."),
            ),
            "chirp": (
                mark("Chirp"),
                mark(
                    "A tone that rises. At each step, predict the value of the next step. For recurrent networks."
                ),
            ),
        },
    )
    length: int = setting(
        40,
        label=mark("Length"),
        unit=mark("steps"),
        help=mark("How many steps each generated sequence has."),
        minimum=4,
        maximum=1000,
    )
    side: int = setting(
        4,
        label=mark("Cells per side"),
        unit=mark("cells"),
        help=mark("How large the maze is."),
        minimum=4,  # in smaller ones not every way is right somewhere
        maximum=12,
    )
    baseline: Literal["state", "mean", "none"] = setting(
        "state",
        label=mark("Baseline"),
        help=mark(
            "What the reward after a step is compared with. What went better than that becomes more probable, "
            "what went worse less."
        ),
        choices={
            "state": (
                mark("Usual from there"),
                mark("The mean reward from the same cell on: the least noisy gradient."),
            ),
            "mean": (mark("Usual from anywhere"), mark("The mean reward from all cells on.")),
            "none": (
                mark("Nothing"),
                mark("The reward as it is: the gradient is right on average, and very noisy."),
            ),
        },
    )
    path: str = setting(
        "",
        label=mark("File"),
        help=mark(
            "Your own data: a table (a CSV file or a workbook), or a folder that holds one folder of "
            "pictures per class. Relative to the experiment file."
        ),
        advanced=False,
    )
    image_size: int = setting(
        16,
        label=mark("Picture size"),
        unit=mark("pixels"),
        help=mark("Every picture is resized to a square with sides this many pixels long."),
        minimum=4,
        maximum=128,
    )
    target: str = setting(
        "",
        label=mark("Target column"),
        help=mark("The column to predict. Empty: the last one."),
    )
    task: Literal["auto", "classification", "regression"] = setting(
        "auto",
        label=mark("Task"),
        help=mark("Whether to predict a class or a number."),
        choices={
            "auto": (
                mark("Automatic"),
                mark("Classes for text and for few whole numbers, a number otherwise."),
            ),
            "classification": (mark("Classification"), mark("Predict which class a row belongs to.")),
            "regression": (mark("Regression"), mark("Predict a number.")),
        },
    )
    positive_class: str = setting(
        "",
        label=mark("Positive class"),
        help=mark(
            "With two classes: the one to be found, whose precision and recall are shown. Empty: the rarer one."
        ),
        task="classification",
    )
    header: Literal["auto", "yes", "no"] = setting(
        "auto",
        label=mark("Names in the first line"),
        help=mark("Whether the first line of a table holds the names of its columns."),
        choices={
            "auto": (mark("Automatic"), mark("As the first line looks.")),
            "yes": (mark("Yes"), mark("The first line holds the names.")),
            "no": (
                mark("No"),
                mark("The first line is an example like the others; the columns are numbered."),
            ),
        },
    )
    ignore: Names = setting(
        (),
        label=mark("Columns left out"),
        help=mark("The columns of a table that are neither inputs nor to be predicted."),
    )
    categories: Names = setting(
        (),
        label=mark("Columns of words"),
        help=mark("The columns of a table whose values are words, even where they look like numbers."),
    )
    missing: Literal["refuse", "drop_rows", "fill"] = setting(
        "refuse",
        label=mark("Missing values"),
        help=mark("What happens where a table has no value."),
        choices={
            "refuse": (mark("Refuse"), mark("Say where they are, and do not train.")),
            "drop_rows": (mark("Leave out the rows"), mark("Rows with a missing value are not used.")),
            "fill": (
                mark("Fill in"),
                mark(
                    "Numbers with the median of the training rows, words with their most frequent one. "
                    "Rows without a value to predict are left out."
                ),
            ),
        },
    )
    gaps: Names = setting(
        (),
        label=mark("Signs for missing values"),
        help=mark(
            "Texts that stand for a missing value in a table, beside empty cells, NA, null and the like."
        ),
    )
    decimal: Literal["auto", ".", ","] = setting(
        "auto",
        label=mark("Decimal sign"),
        help=mark("The sign before the decimals of the numbers in a table."),
        choices={
            "auto": (
                mark("Automatic"),
                mark("As the numbers look; refused where they can be read in two ways."),
            ),
            ".": (mark("Point"), mark("As in 3.14.")),
            ",": (mark("Comma"), mark("As in 3,14.")),
        },
    )
    thousands: Literal["auto", "none", ",", ".", " ", "'"] = setting(
        "auto",
        label=mark("Thousands sign"),
        help=mark("The sign between groups of three digits in a table."),
        choices={
            "auto": (
                mark("Automatic"),
                mark("As the numbers look; refused where they can be read in two ways."),
            ),
            "none": (mark("No sign"), mark("As in 1234567.")),
            ",": (mark("Comma"), mark("As in 1,234,567.")),
            ".": (mark("Point"), mark("As in 1.234.567.")),
            " ": (mark("Blank"), mark("As in 1 234 567.")),
            "'": (mark("Apostrophe"), mark("As in 1'234'567.")),
        },
    )
    separator: Literal["auto", ",", ";", "tab", "|", "space"] = setting(
        "auto",
        label=mark("Separator"),
        help=mark("The sign between the columns of a table."),
        choices={
            "auto": (mark("Automatic"), mark("The one that fits most lines.")),
            ",": (mark("Comma"), mark("As in a,b,c.")),
            ";": (mark("Semicolon"), mark("As in a;b;c.")),
            "tab": (mark("Tab"), mark("Columns that are separated by the tab key.")),
            "|": (mark("Vertical bar"), mark("As in a|b|c.")),
            "space": (mark("Blanks"), mark("Columns with one or more blanks between them.")),
        },
    )
    encoding: str = setting(
        "auto",
        label=mark("Encoding"),
        help=mark("How the letters of a table are stored: utf-8, cp1252, … auto: as the file looks."),
    )
    sheet: str = setting(
        "",
        label=mark("Sheet"),
        help=mark("The sheet of a workbook that holds the table. Empty: the first one that is not empty."),
    )
    validation: float = setting(
        0.25,
        label=mark("Validation share"),
        help=mark(
            "The share of rows held out: never trained on, only used to check what was learned. "
            "0: none, and everything that needs it stays empty."
        ),
        minimum=0,
        maximum=0.9,
    )
    validation_rows: int = setting(
        0,
        label=mark("Validation rows"),
        unit=mark("rows"),
        help=mark("Hold out exactly this many rows, instead of a share. 0: as the validation share says."),
        minimum=0,
        maximum=1_000_000,
    )
    train_rows: int = setting(
        0,
        label=mark("Training rows"),
        unit=mark("rows"),
        help=mark(
            "Train on only this many of the rows that are not held out, every class in its share. 0: on all."
        ),
        minimum=0,
        maximum=1_000_000,
    )
    label_noise: float = setting(
        0.0,
        label=mark("Wrong labels"),
        help=mark(
            "Share of the training rows that are given a wrong class on purpose: a network can only learn "
            "them by heart. Validation rows keep the right one."
        ),
        minimum=0,
        maximum=1,
        task="classification",
    )
    leak: float = setting(
        0.0,
        label=mark("Leakage"),
        help=mark(
            "Share of the validation rows replaced by copies of training rows: a mistake to try on purpose."
        ),
        minimum=0,
        maximum=1,
    )
    standardize: bool = setting(
        True,
        label=mark("Standardize inputs"),
        help=mark(
            "Shift and scale every input to mean 0 and deviation 1, measured on the training rows alone."
        ),
    )
    standardize_target: bool = setting(
        True,
        label=mark("Standardize target"),
        help=mark("For regression: the same for the target. Losses are then in squared standard deviations."),
        task="regression",
    )

    @property
    def holds_out(self) -> bool:
        """Whether there are validation rows."""
        return self.validation_rows > 0 or self.validation > 0

    @property
    def is_played(self) -> bool:
        """Whether the training rows are steps that the network plays in a world."""
        return "baseline" in registry_of("gradlab.datasets")[self.source].uses
