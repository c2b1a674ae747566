"""What panels share with each other, and ask the lab for."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot

from gradlab.diagnosis.finding import Advice, Finding
from gradlab.diagnosis.trial import Trial
from gradlab.instruments.records import Counts, Record
from gradlab.window.charts.x_axis import XAxis


@dataclass(frozen=True)
class Ask:
    """A wish for an instrument.

    Attributes:
        kind: the kind of record that the instrument makes.
        wish: what the instrument is to do or to look at.
        lane: the racing run whose instrument it is; empty for the run that is shown.
    """

    kind: type[Record]
    wish: object
    lane: str = ""


@dataclass(frozen=True)
class SettingChange:
    """A value for a setting, as if it had been typed into the form."""

    key: str
    value: object


@dataclass(frozen=True)
class RowSelection:
    """Rows of the data set that were picked in one panel, to be shown in others.

    Attributes:
        rows: their numbers; none ends the selection.
        words: which rows these are.
    """

    rows: Counts
    words: str = ""


@dataclass(frozen=True)
class PinWish:
    """Whether a run is to be kept to compare with.

    Attributes:
        run: its number, ``Frame.run``.
        on: whether it is kept, or let go.
    """

    run: int
    on: bool


@dataclass(frozen=True)
class TrialWish:
    """A piece of advice against a finding, to be tried beside the run as it is."""

    finding: Finding
    advice: Advice


class Switch(QObject):
    """Something that is on or off, and can be turned from several places.

    Attributes:
        changed: emitted with True or False after it was turned.
        is_on: how it stands.
    """

    changed = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.is_on = False

    @Slot(bool)
    def set(self, on: bool) -> None:
        """Turn it on or off."""
        if on != self.is_on:
            self.is_on = on
            self.changed.emit(on)


class PanelBus(QObject):
    """Carries signals from a panel to other panels and to the lab, so that no panel knows another.

    What is emitted on the bus of a lane is also emitted on the main one.

    Attributes:
        asked: an Ask; ``ask`` emits it.
        setting_wanted: a SettingChange.
        rows_selected: a RowSelection.
        threshold_tried: a probability from which on class 1 is to be predicted, while people try some.
        layer_pointed: the name of the layer that is pointed at; empty when there is none any more.
        lane_wanted: name of the racing run that the panels are to show.
        pin_wanted: a PinWish.
        run_again_wanted: the run is to be pinned and made again with the other way of zeroing.
        panel_wanted: name of a panel that is to be shown.
        lesson_wanted: id of a lesson that is to be opened, perhaps with a step: ``lesson/step``.
        finding_shown: a Finding: the panel in which it is seen is to come forward, with the place marked.
        trial_wanted: a TrialWish.
        trial_ended: the trial is over; True where its change is to be kept.
        trial: what is tried beside the run as it was; None for nothing.
        lane: the racing run whose panels are connected; empty for those of the run that is shown.
        side_by_side: whether every racing run has panels of its own.
        x_axis: what panels over time count in, and the part of the run that they show.
    """

    asked = Signal(object)
    setting_wanted = Signal(object)
    rows_selected = Signal(object)
    threshold_tried = Signal(float)
    layer_pointed = Signal(str)
    lane_wanted = Signal(str)
    pin_wanted = Signal(object)
    run_again_wanted = Signal()
    panel_wanted = Signal(str)
    lesson_wanted = Signal(str)
    finding_shown = Signal(object)
    trial_wanted = Signal(object)
    trial_ended = Signal(bool)

    def __init__(
        self, parent: QObject | None = None, *, main: "PanelBus | None" = None, lane: str = ""
    ) -> None:
        super().__init__(parent)
        self.lane = lane
        self.trial: Trial | None = None
        self.x_axis = XAxis(self)
        self.side_by_side: Switch = main.side_by_side if main else Switch(self)
        if main:
            self.x_axis.link(main.x_axis)
            for name in SIGNALS:
                getattr(self, name).connect(getattr(main, name))

    def ask(self, kind: type[Record], wish: object) -> None:
        """Emit a wish for the instrument that makes a kind of record."""
        self.asked.emit(Ask(kind, wish, self.lane))


SIGNALS = tuple(name for name, value in vars(PanelBus).items() if isinstance(value, Signal))
