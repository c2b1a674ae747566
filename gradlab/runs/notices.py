from gradlab.training.run import TrainingRun


def notices_of(run: TrainingRun) -> list[str]:
    """Return the notices of a run's data, each in one line with the name of the file or folder."""
    path = run.experiment.data.path
    texts = [notice.text for notice in run.split.dataset.notices]
    return [" ".join((f"{path}: {text}" if path else text).splitlines()) for text in texts]
