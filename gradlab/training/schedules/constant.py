from gradlab.language import mark
from gradlab.training.schedules.base import SCHEDULES, Schedule


@SCHEDULES.register
class Constant(Schedule):
    """No schedule: the learning rate of the settings at every update."""

    name = "constant"
    rank = 10
    english_label = mark("Constant")
    english_help = mark("Stays as it is.")
