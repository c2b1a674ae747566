"""Which classes are taken for which."""

from dataclasses import dataclass

from gradlab.instruments.records.arrays import Counts


@dataclass(frozen=True)
class Confusion:
    """Counts on the validation rows: ``counts[true, predicted]``, measured after epoch ``epoch``."""

    epoch: int
    class_names: tuple[str, ...]
    counts: Counts
