from typing import ClassVar, TypeVar

from gradlab.instruments.records.table import Table


class Record:
    """A part of a frame: what one instrument observed, as numbers and arrays that never change later.

    The kind of a record is its ancestor directly below this class. Panels name the kinds that they watch,
    instruments the kind that they make, and a frame holds at most one record of each kind.

    Attributes:
        at_any_time: whether records of this kind can also be made while a run rests, not only while it trains.
    """

    at_any_time: ClassVar[bool] = False

    @classmethod
    def kind(cls) -> "type[Record]":
        """Return the kind of this class's records."""
        lineage = cls.__mro__
        return lineage[lineage.index(Record) - 1]

    def as_table(self) -> Table:
        """Return the table to save as a CSV file.

        Raises:
            NotImplementedError: if there is no table for this kind of record.
        """
        raise NotImplementedError(f"no table for {type(self).__name__}")


R = TypeVar("R", bound=Record)
Kinds = frozenset[type[Record]]
