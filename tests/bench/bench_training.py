"""How long one update takes: GradLab with its instruments and files, beside loops without any.

Everything is measured in one process, turn by turn, on one thread; the table shows medians and their ratio to the
tuned plain loop. Only ratios mean anything: machines and their moods differ. GradLab also looks at the validation
rows after every epoch; the loops beside it do not.

Run with ``python3 packaging/make.py bench``. skorch, Lightning and Keras take part where they are installed:
``pip install '.[bench]' -c packaging/constraints.txt``.
"""

import logging
import os
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import torch
import torch.nn.functional as F
from threadpoolctl import threadpool_limits
from torch.utils.data import DataLoader, TensorDataset

from gradlab.experiment.files import build
from gradlab.experiment.schema import Experiment
from gradlab.runs.lockstep import Member
from gradlab.training.loop import train
from gradlab.training.run import TrainingRun

TURNS = 7

WORK = {
    "2-8-8-2, batch 10, spirals": {
        "data": {"source": "spirals", "samples": 1000},
        "model": {"hidden": [8, 8]},
        "training": {"batch_size": 10, "epochs": 20},
    },
    "64-128-128-10, batch 32, digits": {
        "model": {"hidden": [128, 128]},
        "training": {"batch_size": 32, "epochs": 20},
    },
    "CNN 8-16, batch 32, digits": {
        "model": {"kind": "cnn", "hidden": [8, 16]},
        "training": {"batch_size": 32, "epochs": 8},
    },
}


def gradlab(experiment: Experiment) -> float:
    """GradLab as ``gradlab run`` does it: instruments, tables, checkpoints."""
    run = TrainingRun(experiment)
    with tempfile.TemporaryDirectory() as folder, Member(Path(folder), run) as member:
        start = time.perf_counter()
        for event in train(run):
            member.note(event)
        return (time.perf_counter() - start) / run.counters.updates


def bare_gradlab(experiment: Experiment) -> float:
    """GradLab's loop alone."""
    run = TrainingRun(experiment)
    start = time.perf_counter()
    for _ in train(run):
        pass
    return (time.perf_counter() - start) / run.counters.updates


def tuned(experiment: Experiment) -> float:
    """A plain loop by somebody who knows: rows permuted once per epoch, foreach optimizer, nothing measured."""
    model, inputs, targets = _parts(experiment)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, foreach=True)
    size, updates = experiment.training.batch_size, 0
    start = time.perf_counter()
    for _ in range(experiment.training.epochs):
        order = torch.randperm(len(targets))
        for x, y in zip(inputs[order].split(size), targets[order].split(size), strict=True):
            optimizer.zero_grad()
            F.cross_entropy(model(x), y).backward()
            optimizer.step()
            updates += 1
    return (time.perf_counter() - start) / updates


def idiomatic(experiment: Experiment) -> float:
    """The loop of most tutorials: a DataLoader, and the loss read off at every update."""
    model, inputs, targets = _parts(experiment)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    loader = DataLoader(TensorDataset(inputs, targets), experiment.training.batch_size, shuffle=True)
    updates, total = 0, 0.0
    start = time.perf_counter()
    for _ in range(experiment.training.epochs):
        for x, y in loader:
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            total += loss.item()
            updates += 1
    return (time.perf_counter() - start) / updates


def scikit_learn(experiment: Experiment) -> float | None:
    """scikit-learn's MLPClassifier with the same layers; it has no convolutions."""
    if experiment.model.kind != "mlp":
        return None
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    _, inputs, targets = _parts(experiment)
    spec = experiment.training
    model = MLPClassifier(
        experiment.model.hidden,
        solver="sgd",
        momentum=0.0,
        alpha=0.0,
        batch_size=spec.batch_size,
        learning_rate_init=0.1,
        max_iter=spec.epochs,
        n_iter_no_change=spec.epochs + 1,
    )
    x, y = inputs.flatten(1).numpy(), targets.numpy()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        start = time.perf_counter()
        model.fit(x, y)
        return (time.perf_counter() - start) / _updates(experiment, len(y))


def skorch(experiment: Experiment) -> float | None:
    """skorch's NeuralNet around the same module; its printed log is off."""
    if find_spec("skorch") is None:
        return None
    from skorch import NeuralNetClassifier

    model, inputs, targets = _parts(experiment)
    net = NeuralNetClassifier(
        model,
        criterion=torch.nn.CrossEntropyLoss,
        optimizer=torch.optim.SGD,
        lr=0.1,
        batch_size=experiment.training.batch_size,
        max_epochs=experiment.training.epochs,
        iterator_train__shuffle=True,
        train_split=None,
        verbose=0,
    ).initialize()
    start = time.perf_counter()
    net.fit(inputs.numpy(), targets.numpy())
    return (time.perf_counter() - start) / _updates(experiment, len(targets))


def lightning(experiment: Experiment) -> float | None:
    """Lightning's Trainer with logging, checkpoints and progress off."""
    if find_spec("lightning") is None:
        return None
    import lightning as pl

    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    model, inputs, targets = _parts(experiment)

    class Module(pl.LightningModule):
        def __init__(self) -> None:
            super().__init__()
            self.net = model

        def training_step(self, batch: list[torch.Tensor]) -> torch.Tensor:
            return F.cross_entropy(self.net(batch[0]), batch[1])

        def configure_optimizers(self) -> torch.optim.Optimizer:
            return torch.optim.SGD(self.parameters(), lr=0.1)

    loader = DataLoader(TensorDataset(inputs, targets), experiment.training.batch_size, shuffle=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        trainer = pl.Trainer(
            max_epochs=experiment.training.epochs,
            accelerator="cpu",
            logger=False,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
        )
        start = time.perf_counter()
        trainer.fit(Module(), loader)
        return (time.perf_counter() - start) / _updates(experiment, len(targets))


def keras_on_torch(experiment: Experiment) -> float | None:
    """The same fully connected layers in Keras with the torch backend."""
    if find_spec("keras") is None or experiment.model.kind != "mlp":
        return None
    os.environ.setdefault("KERAS_BACKEND", "torch")
    import keras

    _, inputs, targets = _parts(experiment)
    outputs = int(targets.max()) + 1
    layers = [keras.layers.Dense(units, activation="relu") for units in experiment.model.hidden]
    model = keras.Sequential([*layers, keras.layers.Dense(outputs)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss=loss)
    x, y = inputs.flatten(1).numpy(), targets.numpy()
    size = experiment.training.batch_size
    model.fit(x[:size], y[:size], batch_size=size, verbose=0)  # builds the layers
    start = time.perf_counter()
    model.fit(x, y, batch_size=size, epochs=experiment.training.epochs, verbose=0)
    return (time.perf_counter() - start) / _updates(experiment, len(y))


def _updates(experiment: Experiment, rows: int) -> int:
    return experiment.training.epochs * -(-rows // experiment.training.batch_size)


def _parts(experiment: Experiment) -> tuple[torch.nn.Module, torch.Tensor, torch.Tensor]:
    """The same model and data, with parameters that are no views of anything."""
    run = TrainingRun(experiment)
    for parameter in run.model.parameters():
        parameter.data = parameter.data.clone()
        parameter.grad = None
    return run.model, *run.rows.train


RIVALS: dict[str, Callable[[Experiment], float | None]] = {
    "tuned plain loop": tuned,
    "GradLab with instruments and files": gradlab,
    "GradLab's loop alone": bare_gradlab,
    "idiomatic plain loop": idiomatic,
    "scikit-learn": scikit_learn,
    "skorch": skorch,
    "Lightning": lightning,
    "Keras on torch": keras_on_torch,
}


def main() -> None:
    """Print the table."""
    torch.set_num_threads(1)
    with threadpool_limits(1):  # scikit-learn's BLAS too
        _measure_all()


def _measure_all() -> None:
    for name, document in WORK.items():
        experiment = build({**document, "training": {**document["training"], "device": "cpu"}})
        times: dict[str, list[float]] = {rival: [] for rival in RIVALS}
        for _ in range(TURNS):
            for rival, measure in RIVALS.items():
                taken = measure(experiment)
                if taken is not None:
                    times[rival].append(taken)
        _print(name, {rival: statistics.median(taken) for rival, taken in times.items() if taken})


def _print(name: str, medians: dict[str, float]) -> None:
    base = medians["tuned plain loop"]
    lines = [name, f"  {'':36}{'µs per update':>14}{'ratio':>8}"]
    lines += [f"  {rival:36}{taken * 1e6:14.0f}{taken / base:8.2f}" for rival, taken in medians.items()]
    sys.stdout.write("\n".join(lines) + "\n\n")


if __name__ == "__main__":
    main()
