"""Findings that no run has: a cause with its symptoms, in frames."""

from collections.abc import Iterable

from gradlab.diagnosis.finding import Advice, Change, Finding
from gradlab.diagnosis.findings import Findings
from gradlab.experiment.schema import Experiment
from gradlab.instruments.records import Frame, Progress, State

ZERO = Advice("Zero the gradients before every update.", (Change("gradients.zero", "every_update"),))
SLOWER = Advice("Divide the learning rate by 10.", (Change("optimizer.lr", 0.01),))
LOOK = Advice("Look at the data.")

CAUSE = Finding(
    "not_cleared",
    "problem",
    "Gradients are not cleared: since update {update} the buffer still holds those of earlier updates when a new "
    "one begins. Old directions are used again and again.",
    {"update": "2"},
    since_update=2,
    epoch=1,
    advice=(ZERO, SLOWER, LOOK),
    key="gradients.zero",
    leads_to=("layer_not_training", "blew_up"),
    lesson="why-zero/2",
)
SYMPTOM = Finding(
    "layer_not_training",
    "warning",
    "{layer} is not trained: its gradient is exactly zero, and none of its weights has changed.",
    {"layer": "hidden1"},
    since_update=60,
    epoch=2,
    layer="hidden1",
    advice=(SLOWER,),
    stretch=(60, 80),
)
END = Finding("blew_up", "info", "The numbers blew up.", since_update=90, epoch=3, key="optimizer.lr")
THREE = (CAUSE, SYMPTOM, END)


def frame_with(findings: Iterable[Finding] = (), update: int = 100, **more: object) -> Frame:
    """Return a frame of a run in which these were found."""
    known = {"run": 1, "state": State.PAUSED, "experiment": Experiment(), **more}
    progress = Progress(epoch=3, epochs=20, update=update, micro_batches=update)
    return Frame(progress=progress, **known).holding(Findings(tuple(findings)))  # type: ignore[arg-type]
