"""How the parts of a run save and restore their state, as PyTorch's modules do."""

from dataclasses import fields
from typing import Any, Protocol, runtime_checkable

State = dict[str, Any]  # tensors and what JSON can hold, also in nested lists and dictionaries


@runtime_checkable
class Stateful(Protocol):
    """A part of a run that changes while the run trains."""

    def state(self) -> State:
        """Return everything that changes and that the rest of the run depends on."""

    def load(self, state: State) -> None:
        """Restore what :meth:`state` returned."""


class FieldsAreState:
    """Base of dataclasses of plain values: their fields are their state."""

    def state(self) -> State:
        """Return the fields by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]

    def load(self, state: State) -> None:
        """Set the fields."""
        for name, value in state.items():
            setattr(self, name, value)


def parts_of(owner: object) -> dict[str, Stateful]:
    """Return the attributes of ``owner`` that have a state, by name: there is no list to keep up to date."""
    return {name: part for name, part in vars(owner).items() if isinstance(part, Stateful)}
