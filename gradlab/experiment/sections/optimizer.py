"""The section ``[optimizer]``."""

from typing import Annotated

from gradlab.experiment.sections.base import Section, registered
from gradlab.experiment.settings import setting
from gradlab.language import mark


class Optimizer(Section):
    """What turns the gradient into a step."""

    kind: Annotated[str, registered("gradlab.training.optimizers")] = setting(
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
        at_zero=mark("Nothing will be learned: every step is zero."),
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
    schedule: Annotated[str, registered("gradlab.training.schedules")] = setting(
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
