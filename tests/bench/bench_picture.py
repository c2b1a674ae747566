"""What a picture costs: processor time of the window's thread for showing and painting snapshots of a real run.

Nothing else goes on meanwhile, and only this thread's time counts, so other programs hardly matter.

Run with ``python3 packaging/make.py bench``; with ``--profile`` it also says which functions take the time.
"""

import cProfile
import os
import pstats
import statistics
import sys
import tempfile
import time

os.environ["GRADLAB_DATA"] = tempfile.mkdtemp()  # never the user's own settings

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from gradlab.experiment.files import build
from gradlab.experiment.schema import Experiment
from gradlab.instruments.records import Snapshot, State
from gradlab.runs.race import Race
from gradlab.window.application import make_application
from gradlab.window.lab.page import LabPage
from gradlab.window.panels.catalogue import make_panels
from gradlab.window.theme.style import Appearance
from gradlab.window.training.trainer import Trainer

PICTURES = 60
UPDATES = 40  # between two of them
WORK = {
    "spirals": {"data": {"source": "spirals"}, "model": {"hidden": [8, 8]}},
    "digits": {"model": {"hidden": [128, 128]}},
}


def snapshots(experiment: Experiment, lab: LabPage) -> list[Snapshot]:
    """Train, and keep what the panels in sight would be given."""
    race = Race(experiment, None, 1)
    race.lanes.watch(lab.watch_list.parts()[""], {})
    made = []
    for _ in range(PICTURES):
        for _ in range(UPDATES):
            race.step_update()
        made.append(race.lanes.snapshot(at_rest=False, state=State.RUNNING))
    return made


def paint() -> None:
    QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
    QApplication.processEvents()


def measure(lab: LabPage, made: list[Snapshot], profile: cProfile.Profile | None) -> tuple[float, float]:
    """Return the median milliseconds for showing a snapshot, and for painting it."""
    shown, painted = [], []
    for snapshot in made:
        if profile is not None:
            profile.enable()
        start = time.thread_time()
        lab.show_snapshot(snapshot)
        middle = time.thread_time()
        paint()
        painted.append(time.thread_time() - middle)
        shown.append(middle - start)
        if profile is not None:
            profile.disable()
    half = PICTURES // 3  # docks find their sizes, caches fill
    return 1000 * statistics.median(shown[half:]), 1000 * statistics.median(painted[half:])


def main() -> None:
    app = make_application()
    appearance = Appearance(app, "light")
    profile = cProfile.Profile() if "--profile" in sys.argv else None
    for name, document in WORK.items():
        training = {"epochs": 1000, "batch_size": 32, "device": "cpu"}
        experiment = build({**document, "training": training, "optimizer": {"lr": 0.01}})
        lab = LabPage(Trainer(), make_panels())
        lab.polling.stop()
        lab.resize(1440, 860)
        lab.show()
        lab.polling.stop()
        lab.open(experiment)
        paint()
        made = snapshots(experiment, lab)
        show, painting = measure(lab, made, profile)
        sys.stdout.write(
            f"{name}: show {show:.2f} ms, paint {painting:.2f} ms, together {show + painting:.2f} ms\n"
        )
        sys.stdout.flush()
        lab.close()
    if profile is not None:
        pstats.Stats(profile).sort_stats("tottime").print_stats(45)
    del appearance


if __name__ == "__main__":
    main()
