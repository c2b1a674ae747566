"""The experiment: every key of the file, with its range, its default and its explanation.

Values are plain data. Nothing here imports torch or Qt, so that a file can be checked in an instant.
"""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from gradlab.errors import InputError
from gradlab.experiment.registry import registry_of
from gradlab.experiment.settings import setting
from gradlab.language import mark, tr

FORMAT = 1
LONGEST_NAME = 60  # of a variant

# Characters that some system does not allow in the name of a folder, or not at that end.
_FOLDER_NAME = re.compile(r'[^\s./\\:*?"<>|\x00-\x1f]([^/\\:*?"<>|\x00-\x1f]*[^\s./\\:*?"<>|\x00-\x1f])?')
# Windows keeps the first ones for devices; the last two lie beside the folders of the variants.
_TAKEN = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?|experiment\.toml|summary\.json", re.IGNORECASE)


class Section(BaseModel):
    """Common rules: frozen, nothing unknown, no silent conversions, no NaN."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


def _registered(package: str) -> AfterValidator:
    """Return what checks that a name is in the registry of a package."""

    def check(name: str) -> str:
        registry = registry_of(package)
        if name not in registry.names():
            raise ValueError(f"there is no {registry.what} called {name!r}")
        return name

    return AfterValidator(check)


class Data(Section):
    """What the network learns from."""

    source: Annotated[str, _registered("gradlab.datasets")] = setting(
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
                mark("None"),
                mark("The reward as it is: the gradient is right on average, and very noisy."),
            ),
        },
    )
    path: str = setting(
        "",
        label=mark("File"),
        help=mark(
            "Your own data: a table (a CSV file with a header line), or a folder that holds one folder of "
            "pictures per class. Relative to the experiment file."
        ),
    )
    image_size: int = setting(
        16,
        label=mark("Picture size"),
        unit=mark("pixels"),
        help=mark("Every picture is resized to a square with sides of so many pixels."),
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
        help=mark("Hold out exactly so many rows, instead of a share. 0: as the validation share says."),
        minimum=0,
        maximum=1_000_000,
    )
    train_rows: int = setting(
        0,
        label=mark("Training rows"),
        unit=mark("rows"),
        help=mark(
            "Train on only so many of the rows that are not held out, every class in its share. 0: on all."
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


class Model(Section):
    """The network."""

    kind: Annotated[str, _registered("gradlab.models")] = setting(
        "mlp",
        label=mark("Model"),
        help=mark("The kind of network."),
        registry="gradlab.models",
        advanced=False,
    )
    hidden: Annotated[
        tuple[Annotated[int, Field(ge=1, le=4096)], ...], Field(strict=False, max_length=64)
    ] = setting(
        (32,),
        label=mark("Hidden layers"),
        unit=mark("units"),
        help=mark("How many units each hidden layer has, separated by commas; for the CNN, channels."),
    )
    activation: Annotated[str, _registered("gradlab.models.activations")] = setting(
        "relu",
        label=mark("Activation"),
        help=mark("What bends the signal after each hidden layer."),
        registry="gradlab.models.activations",
    )
    init: Annotated[str, _registered("gradlab.models.initialisations")] = setting(
        "default",
        label=mark("Initial weights"),
        help=mark("How the weights are drawn before training."),
        registry="gradlab.models.initialisations",
    )
    bias: float = setting(
        0.0,
        label=mark("Added to biases"),
        help=mark(
            "Added to the initial bias of every hidden unit. Far from 0, tanh and sigmoid start out flat."
        ),
        minimum=-100,
        maximum=100,
    )
    batch_norm: bool = setting(
        False,
        label=mark("Batch normalization"),
        help=mark(
            "Re-centres each layer's signal per micro-batch. With accumulation it still sees micro-batches, "
            "so four batches of 16 are then not the same as one of 64."
        ),
    )
    dropout: float = setting(
        0.0,
        label=mark("Dropout"),
        help=mark("Share of hidden units switched off at random for each training batch."),
        minimum=0,
        maximum=0.95,
    )
    head_a_updates: int = setting(
        0,
        label=mark("Head A is used for"),
        unit=mark("updates"),
        help=mark(
            "After so many updates head A is left out of the forward pass, and gets no gradient any more. "
            "0: it never is."
        ),
        minimum=0,
        maximum=1_000_000,
    )
    surface: Literal["saddle", "bowl", "plateau"] = setting(
        "saddle",
        label=mark("Surface"),
        help=mark("What the point moves on. Its height is the loss."),
        choices={
            "saddle": (
                mark("Saddle"),
                mark(
                    "x² + (y² − 1)² / 2, from (1, 0): level at (0, 0), but lower on both sides, down to (0, ±1)."
                ),
            ),
            "bowl": (mark("Bowl"), mark("x² + y² / 4, from (1, 1): one lowest place, at (0, 0).")),
            "plateau": (
                mark("Plateau"),
                mark("1 − exp(−x² − y²), from (2.5, 0): nearly level far out, with a hollow at (0, 0)."),
            ),
        },
    )
    chunk: int = setting(
        0,
        label=mark("Chunk length"),
        unit=mark("time steps"),
        help=mark(
            "Sequences are worked through in chunks of so many steps: the state is carried on, the gradient "
            "goes no further back than the chunk's beginning. With one target per row only the last chunk has a "
            "loss, and so a gradient. 0: the whole sequence at once."
        ),
        minimum=0,
        maximum=1000,
        live=True,
    )
    freeze: Annotated[tuple[str, ...], Field(strict=False, max_length=64)] = setting(
        (),
        label=mark("Frozen layers"),
        help=mark(
            "Names of layers that get no gradient, separated by commas. What the gradient buffer held of them "
            "is zeroed as the rest: to None, and they stand still; to zeros, and momentum, Adam and weight "
            "decay still move them."
        ),
        live=True,
    )


class Optimizer(Section):
    """What turns the gradient into a step."""

    kind: Annotated[str, _registered("gradlab.training.optimizers")] = setting(
        "sgd",
        label=mark("Optimizer"),
        help=mark("The rule that turns the gradient buffer into a change of the weights."),
        registry="gradlab.training.optimizers",
        live=True,
    )
    lr: float = setting(
        0.1,
        label=mark("Learning rate"),
        help=mark("How far one update goes. Too low crawls, too high jumps over the valley."),
        minimum=0,
        maximum=1000,
        live=True,
        advanced=False,
    )
    momentum: float = setting(
        0.0,
        label=mark("Momentum"),
        help=mark(
            "Share of the previous step that is kept (SGD and RMSprop). 1.0 never forgets: "
            "plain SGD that never zeroes its gradients does exactly that."
        ),
        minimum=0,
        maximum=1,
        live=True,
    )
    nesterov: bool = setting(
        False,
        label=mark("Nesterov"),
        help=mark("Look ahead along the momentum before stepping (SGD with momentum above 0)."),
        live=True,
    )
    weight_decay: float = setting(
        0.0,
        label=mark("Weight decay"),
        help=mark("Pulls every weight towards 0 a little at each update."),
        minimum=0,
        maximum=10,
        live=True,
    )
    schedule: Annotated[str, _registered("gradlab.training.schedules")] = setting(
        "constant",
        label=mark("Schedule"),
        help=mark("How the learning rate changes during the run."),
        registry="gradlab.training.schedules",
        live=True,
    )
    clip_norm: float = setting(
        0.0,
        label=mark("Clip norm"),
        help=mark("If the whole gradient is longer than this, it is shortened to it. 0: off."),
        minimum=0,
        maximum=1e6,
        live=True,
    )


class Gradients(Section):
    """When the gradient buffer is emptied, and what piles up in it."""

    zero: Annotated[str, _registered("gradlab.training.zeroing")] = setting(
        "every_update",
        label=mark("Zero gradients"),
        help=mark("When optimizer.zero_grad() empties the gradient buffer."),
        registry="gradlab.training.zeroing",
        live=True,
        advanced=False,
    )
    zero_to: Literal["none", "zeros"] = setting(
        "none",
        label=mark("Zero to"),
        help=mark("What an emptied buffer holds."),
        choices={
            "none": (mark("None"), mark("No gradient at all: the optimizer skips the weight.")),
            "zeros": (
                mark("Zeros"),
                mark("A gradient of 0: momentum, Adam and weight decay still move the weight."),
            ),
        },
        live=True,
    )
    zero_chunks: bool = setting(
        False,
        label=mark("Zero between chunks"),
        help=mark(
            "Where sequences are cut into chunks: whether the buffer is emptied between two chunks of a batch. "
            "A mistake to try: only the last chunk's gradient survives."
        ),
        live=True,
        beside="model.chunk",
    )
    accumulate: int = setting(
        1,
        label=mark("Accumulate batches"),
        unit=mark("batches per update"),
        help=mark("How many batches fill the gradient buffer before one update uses it."),
        minimum=1,
        maximum=100_000,
        live=True,
        advanced=False,
    )
    scale: Literal["samples", "mean", "sum"] = setting(
        "samples",
        label=mark("Scale"),
        help=mark("How accumulated batches are weighted."),
        choices={
            "samples": (
                mark("By samples"),
                mark("Each row counts the same: equal to one big batch, always."),
            ),
            "mean": (
                mark("Divide by N"),
                mark("loss / N, as most code does: a smaller batch's rows count for more."),
            ),
            "sum": (mark("Not divided"), mark("The step grows with the number of batches.")),
        },
        live=True,
    )
    tail: Literal["step", "carry", "drop"] = setting(
        "step",
        label=mark("Last batches"),
        help=mark("What happens to the batches at the end of an epoch that do not fill an update."),
        choices={
            "step": (mark("Update with them"), mark("One more, smaller update.")),
            "carry": (
                mark("Carry over"),
                mark("They wait in the buffer for the next epoch's first batches."),
            ),
            "drop": (mark("Leave out"), mark("They are not trained on in this epoch.")),
        },
        live=True,
    )


class Training(Section):
    """How long, how much at a time, on what."""

    epochs: int = setting(
        20,
        label=mark("Epochs"),
        help=mark("How often the whole training set is gone through."),
        minimum=1,
        maximum=1_000_000,
        live=True,
        advanced=False,
    )
    batch_size: int = setting(
        32,
        label=mark("Batch size"),
        unit=mark("rows"),
        help=mark("Rows per batch: how many examples one forward and backward pass looks at."),
        minimum=1,
        maximum=1_000_000,
        live=True,
    )
    loss: Annotated[str, _registered("gradlab.training.losses")] = setting(
        "auto",
        label=mark("Loss"),
        help=mark("What is made small."),
        registry="gradlab.training.losses",
    )
    class_weights: Literal["none", "balanced"] = setting(
        "none",
        label=mark("Class weights"),
        help=mark("Whether rare classes count for more in the loss."),
        choices={
            "none": (mark("Equal"), mark("Every row counts the same.")),
            "balanced": (mark("Balanced"), mark("Every class counts the same.")),
        },
        task="classification",
    )
    threshold: float = setting(
        0.5,
        label=mark("Threshold"),
        help=mark("Two classes: predicted positive from this probability on."),
        minimum=0,
        maximum=1,
        live=True,
        task="classification",
    )
    patience: int = setting(
        0,
        label=mark("Patience"),
        unit=mark("epochs"),
        help=mark("Stop after this many epochs without a better validation loss. 0: no early stopping."),
        minimum=0,
        maximum=1_000_000,
        live=True,
    )
    min_delta: float = setting(
        0.0,
        label=mark("Smallest gain"),
        help=mark("By how much the validation loss must fall to count as better."),
        minimum=0,
        maximum=1000,
        live=True,
        beside="training.patience",
    )
    restore_best: bool = setting(
        True,
        label=mark("Restore the best"),
        help=mark("With patience: the best epoch's weights come back, however the run ends."),
        live=True,
        beside="training.patience",
    )
    device: Literal["auto", "cpu", "cuda", "mps"] = setting(
        "auto",
        label=mark("Device"),
        help=mark("Where the numbers are crunched."),
        choices={
            "auto": (
                mark("Automatic"),
                mark("The CPU for small networks, where it is faster; else a GPU if present."),
            ),
            "cpu": (mark("CPU"), mark("The processor: exactly repeatable.")),
            "cuda": (mark("GPU (CUDA)"), mark("An NVIDIA graphics card.")),
            "mps": (mark("GPU (Apple)"), mark("The graphics part of an Apple chip.")),
        },
    )
    precision: Literal["float32", "bfloat16", "float16"] = setting(
        "float32",
        label=mark("Number precision"),
        help=mark(
            "How exactly the layers compute. Weights, gradients and updates are kept in 32 bits in any case."
        ),
        choices={
            "float32": (mark("32 bits"), mark("About seven digits: the usual.")),
            "bfloat16": (
                mark("16 bits (bfloat16)"),
                mark("Two to three digits. Faster for large networks on newer GPUs."),
            ),
            "float16": (
                mark("16 bits (float16)"),
                mark(
                    "Three to four digits, on a GPU only. It holds no large numbers: the loss is scaled to fit, "
                    "and an update whose gradients do not fit is skipped."
                ),
            ),
        },
    )
    measure_every: int = setting(
        10,
        label=mark("Measure every"),
        unit=mark("updates"),
        help=mark("Per-layer measurements are taken at every n-th update."),
        minimum=1,
        maximum=1_000_000,
        live=True,
    )


def _can_name_a_folder(name: str) -> str:
    if not _FOLDER_NAME.fullmatch(name) or _TAKEN.fullmatch(name):
        raise ValueError("cannot name a folder on every system")
    return name


class Variant(BaseModel):
    """A named set of changes to the experiment; the other keys stay as they are.

    Attributes:
        name: what its results are called; also the name of their folder.
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
