from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from typing_extensions import override

from gradlab.instruments.records.arrays import Counts, Floats
from gradlab.instruments.records.progress import Phase
from gradlab.instruments.records.record import Record
from gradlab.instruments.records.table import Table, plain

UnitKind = Literal["unit", "channel", "state"]


@dataclass(frozen=True)
class UnitValues:
    """A number per unit: ``row`` for the micro-batch's first row, ``batch`` for all its rows."""

    row: Floats
    batch: Floats


@dataclass(frozen=True)
class SignalLayer:
    """A layer with some of its units, or the inputs.

    Attributes:
        units: how many there are; ``shown`` which of them are here; ``labels`` their names, where they have any.
        kind: ``unit``; ``channel`` of a picture: its activation is the mean over the pixels, its gradient the sum;
            ``state`` of a recurrent layer, at the last time step.
        activation: over the batch the mean; None before the forward pass.
        gradient: d loss / d activation, over the batch the sum; None before the backward pass.
        weights: ``(shown, shown of the layer before)``, of each pair of units the mean weight between them (of a
            layer with gates: that of what it proposes to remember); None for the inputs. ``change``: how the
            update moved them, None before it.
        norm: of what the gradient buffer holds for the layer; None where it holds None, and for the inputs.
    """

    name: str
    units: int
    shown: Counts
    labels: tuple[str, ...] = ()
    kind: UnitKind = "unit"
    activation: UnitValues | None = None
    gradient: UnitValues | None = None
    weights: Floats | None = None
    change: Floats | None = None
    norm: float | None = None

    def rows(self) -> Iterable[Sequence[object]]:
        """Yield the rows of a table, one per unit that is shown."""
        nothing = [None] * len(self.shown)
        values = (self.activation, self.gradient)
        batch = [nothing if part is None else plain(part.batch) for part in values]
        first = [nothing if part is None else plain(part.row) for part in values]
        names = [self.name] * len(self.shown)
        return zip(names, self.shown.tolist(), self.labels or nothing, *batch, *first, strict=True)


@dataclass(frozen=True)
class SignalFlow(Record):
    """The signal through a network and the gradient back, for the inputs and a few units of each layer.

    Attributes:
        phase: the phase done last; empty before the first micro-batch that was followed.
        update: the update that the micro-batch belongs to; ``loss`` its mean loss, None before the forward pass.
        emptied: whether the gradient was thrown away between the backward pass and the update.
    """

    layers: tuple[SignalLayer, ...]
    phase: Phase = ""
    update: int = 0
    loss: float | None = None
    emptied: bool = False

    @override
    def as_table(self) -> Table:
        """Return one row per unit that is shown; empty where there is no signal or no gradient yet."""
        header = ("layer", "unit", "name", "signal", "gradient", "signal_first_row", "gradient_first_row")
        return Table(header, (row for layer in self.layers for row in layer.rows()))
