"""Frames of made-up runs, for tests of panels: nothing is trained."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from gradlab.experiment.schema import Experiment
from gradlab.instruments.records import (
    Activations,
    BufferState,
    Course,
    Curves,
    Doubles,
    EpochRow,
    Floats,
    Flow,
    Frame,
    Landscape,
    LaneFrame,
    LayerActivations,
    LayerSizes,
    LossSurface,
    Mark,
    ParameterGradient,
    Phase,
    PlaneView,
    Progress,
    SignalFlow,
    SignalLayer,
    SizeHistogram,
    Snapshot,
    State,
    Timeline,
    UnitValues,
)

PLANE_AXIS = np.linspace(-1.0, 1.0, 20)


def flow_frames(
    layers: tuple[str, ...] = ("hidden1", "hidden2", "hidden3", "output"),
    updates: int = 900,
    accumulate: int = 4,
) -> list[Frame]:
    """Return the frames of a made-up run whose first layers get less and less of the gradient."""
    flow = _flow(layers, updates, accumulate)
    return [_flow_by(flow, now) for now in range(30, updates + 1, 30)]


def _flow(layers: tuple[str, ...], updates: int, accumulate: int) -> Flow:
    chance = np.random.default_rng(0)
    update = np.arange(1.0, updates + 1)
    done = update / updates
    depth = np.arange(len(layers), 0, -1)[:, None]

    def course(*rows: Doubles) -> Course:
        values = np.vstack(rows)
        return Course(update, values, values)

    def wobble(size: float, *rows: int) -> Doubles:
        return size * chance.standard_normal((*rows, updates))

    scale = 20 * np.exp(3 * done)
    scale[:9] = np.nan  # unknown at first
    norm = np.exp(wobble(0.4) - done)
    mean = 10.0 ** np.linspace(-4.5, -2, len(layers))
    return Flow(
        layers,
        layers,
        LayerSizes(mean, 12 * mean, updates),
        _bells(update, np.maximum(-1.5 - 0.6 * depth - done, -10.0)),
        ratios=course(10 ** (-1.8 - 0.4 * depth - done + wobble(0.1, len(layers)))),
        directions=course(0.75 + wobble(0.05), np.clip(0.6 * np.exp(-5 * done) + wobble(0.1), -1, 1)),
        noise=course(scale, np.full(updates, 16.0 * accumulate)),
        norms=course(norm, np.minimum(norm, 1.0), np.ones(updates)),
        accumulate=accumulate,
    )


def _bells(update: Doubles, centers: Doubles) -> SizeHistogram:
    """Spread the sizes of each layer around its centres ``(layers, updates)``, and make a tenth of them zero."""
    exponents = np.linspace(-12, 4, 49)
    middles = (exponents[:-1] + exponents[1:]) / 2
    bells = np.exp(-((middles[None, :, None] - centers[:, None]) ** 2))
    bells[bells < 1e-3] = 0
    bells *= 0.9 / bells.sum(axis=1, keepdims=True)
    zeros = np.full((len(centers), 1, len(update)), 0.1)
    shares = np.concatenate([zeros, bells], axis=1).astype(np.float32)
    return SizeHistogram(update, float(len(update)), exponents, shares, np.full(len(centers), 1000.0))


def _flow_by(whole: Flow, now: int) -> Frame:
    """Return what was seen by an update."""

    def until(course: Course) -> Course:
        return Course(course.updates[:now], course.low[:, :now], course.high[:, :now])

    histogram = replace(
        whole.histogram,
        updates=whole.histogram.updates[:now],
        end=float(now),
        shares=whole.histogram.shares[:, :, :now],
    )
    flow = replace(
        whole,
        sizes=replace(whole.sizes, update=now),
        histogram=histogram,
        ratios=until(whole.ratios),
        directions=until(whole.directions),
        noise=until(whole.noise),
        norms=until(whole.norms),
    )
    done, norm = flow.norms.updates, flow.norms.high[0]
    curves = Curves(done, done / 45, 64 * done, 0.001 * done, norm, norm, norm)
    return Frame(state=State.RUNNING, progress=Progress(epoch=now // 45, epochs=20)).holding(curves, flow)


def gradient_frames(
    shapes: tuple[tuple[int, int], ...] = ((32, 64), (10, 32)), zeroing: str = "every_update"
) -> list[Frame]:
    """Return the frames of a made-up run of layers with these shapes: outputs × inputs."""
    chance = np.random.default_rng(0)
    layers = [*(f"hidden{number}" for number in range(1, len(shapes))), "output"]
    old: dict[str, Floats] = {}
    frames, rms = [], []
    for update in range(1, 61):
        parameters: list[ParameterGradient] = []
        for layer, shape in zip(layers, shapes, strict=True):
            for part, size in (("weight", shape), ("bias", shape[:1])):
                name = f"{layer}.{part}"
                quiet = np.arange(shape[0]) % 7 == 3  # dead units
                batch = (0.3 * chance.standard_normal(size) ** 3 / (1 + update / 10)).astype(np.float32)
                batch[quiet] = 0
                left = old.get(name) if zeroing == "never" else None
                used = batch if left is None else left + batch
                old[name] = used
                change = np.float32(-0.1) * used
                pixels = (1, 8, 8) if size == (32, 64) and not parameters else ()
                parameters.append(
                    ParameterGradient(name, size, left, batch, used, change + 1, change, pixels=pixels)
                )
        weights = [parameter.used for parameter in parameters if parameter.name.endswith("weight")]
        rms.append([float(np.sqrt(np.mean(np.square(used)))) for used in weights if used is not None])
        gradients = BufferState(
            update, 1, 1, 0.53, 0.5, zeroing, tuple(parameters), stale=zeroing == "never" and update > 1
        )
        timeline = Timeline(tuple(layers), np.arange(1.0, update + 1), np.array(rms).T)
        frames.append(Frame(state=State.RUNNING).holding(gradients, timeline))
    return frames


def code_frames() -> list[Frame]:
    """Return the frames of an update that is stepped through."""
    experiment = Experiment().with_value("gradients.accumulate", 2).with_value("optimizer.clip_norm", 1.0)
    phases: tuple[Phase, ...] = ("zeroed", "forward", "backward", "forward", "backward", "clipped", "updated")
    return [
        Frame(state=State.PAUSED, experiment=experiment, progress=Progress(phase=phase, by_phase=True))
        for phase in phases
    ]


def network_frames(widths: tuple[int, ...] = (4, 24, 12, 3)) -> list[Frame]:
    """Return the frames of two made-up updates, phase by phase."""
    chance = np.random.default_rng(0)
    phases: tuple[Phase, ...] = ("zeroed", "forward", "backward", "updated")
    frames = []
    for step in range(8):
        phase = phases[step % 4]
        layers = tuple(_signal_layer(number, widths, phase, chance) for number in range(len(widths)))
        signal = SignalFlow(layers, phase, step // 4 + 1, None if phase == "zeroed" else 0.7)
        progress = Progress(phase=phase, by_phase=True)
        frames.append(Frame(state=State.PAUSED, progress=progress).holding(signal))
    return frames


def _signal_layer(
    number: int, widths: tuple[int, ...], phase: Phase, chance: np.random.Generator
) -> SignalLayer:
    names = ["inputs", *(f"hidden{layer}" for layer in range(1, len(widths) - 1)), "output"]
    shown = min(widths[number], 16)

    def values() -> UnitValues:
        made: Floats = chance.standard_normal(shown).astype(np.float32)
        return UnitValues(made * (made > 0) if 0 < number < len(widths) - 1 else made, made)

    into = chance.standard_normal((shown, min(widths[number - 1], 16))).astype(np.float32)
    has_gradient = phase in ("backward", "updated")
    return SignalLayer(
        name=names[number],
        units=widths[number],
        shown=np.linspace(0, widths[number] - 1, shown).astype(np.int64),
        activation=None if phase == "zeroed" else values(),
        gradient=values() if has_gradient else None,
        weights=into if number else None,
        change=into if number and phase == "updated" else None,
        norm=0.53 if number and has_gradient else None,
    )


def activation_frames() -> list[Frame]:
    """Return the frames of a made-up run in which more and more units die."""
    chance = np.random.default_rng(0)
    course = np.empty((2, 0))
    frames = []
    for update in range(40):
        layers = (
            _active_layer("hidden1", 64, update / 100, chance),
            _active_layer("output", 10, None, chance),
        )
        course = np.column_stack([course, [layer.troubled_share for layer in layers]])
        seen = Course(np.arange(update + 1.0), course, course)
        frames.append(Frame().holding(Activations(update, 512, layers, seen)))
    return frames


def _active_layer(name: str, count: int, dead: float | None, chance: np.random.Generator) -> LayerActivations:
    edges = np.linspace(0 if dead is not None else -3, 3, 33, dtype=np.float32)
    shares = np.exp(-np.square(edges[1:]))
    troubled = np.arange(count) / count < (dead or 0)
    active = np.where(troubled, 0, chance.uniform(0.3, 0.7, count) if dead is not None else 1)
    return LayerActivations(
        name=name,
        bend="" if dead is None else "relu",
        edges=edges,
        shares=(shares / shares.sum()).astype(np.float32),
        zeros=0.0 if dead is None else 0.5 + dead / 2,
        mean=0.4,
        deviation=0.6,
        active=active.astype(np.float32),
        trouble="" if dead is None else "dead",
        troubled=troubled,
    )


def race_snapshots() -> list[Snapshot]:
    """Return the snapshots of a made-up race of two, with a pinned run behind."""
    spec = Experiment()
    never = spec.with_value("gradients.zero", "never")
    pinned = _lane("Digits", 3, spec.with_value("optimizer.lr", 0.5), 1.9, 30)
    snapshots = []
    for epoch in range(1, 31):
        lanes = (
            _lane("every update", 1, spec, 0.4, epoch),
            _lane("never", 2, never, 4.0, epoch),
        )
        snapshots.append(Snapshot(lanes[0].frame, lanes, pinned=(replace(pinned, pinned=True),)))
    return snapshots


def _lane(name: str, run: int, spec: Experiment, scale: float, epoch: int) -> LaneFrame:
    loss = scale / epoch
    epochs = (EpochRow(epoch, epoch * 43, epoch * 1347, loss, 0.9, loss * 1.2, 0.9, 0.9, 0.9, 0.9, 0.1),)
    empty = np.empty(0)
    frame = Frame(
        run=run,
        state=State.RUNNING,
        progress=Progress(epoch=epoch, epochs=30, update=epoch * 43, phase="updated"),
        train_loss=loss,
        val_loss=loss * 1.2,
        val_accuracy=1 - min(0.9, loss / 2),
        val_f1=1 - min(0.9, loss / 1.8),
        experiment=spec,
    ).holding(Curves(empty, empty, empty, empty, empty, empty, empty, epochs))
    return LaneFrame(name, f"lane.{run}", frame)


def loss_frames(epochs: int = 30, updates: int = 43) -> list[Frame]:
    """Return the frames of a made-up run that learns by heart in the end, with ``updates`` per epoch."""
    chance = np.random.default_rng(0)
    count = epochs * updates
    update = np.arange(1, count + 1, dtype=np.float64)
    place = update / updates
    course = 0.04 + 2.2 * np.exp(-place / 4)
    loss = course * np.exp(0.35 * chance.standard_normal(count))
    rows = [_epoch_row(epoch, epoch * updates, epochs, chance) for epoch in range(epochs + 1)]
    marks = (Mark(count // 3, "learning rate 0.1 → 0.05"), Mark(count // 2, "zeroing: never"))
    return [
        Frame(state=State.RUNNING, progress=Progress(epoch=epoch, epochs=epochs)).holding(Curves(
                update=update[:now],
                update_epoch=place[:now],
                update_samples=32 * update[:now],
                update_seconds=0.002 * update[:now],
                update_loss=loss[:now],
                update_mean=loss[:now],
                grad_norm=loss[:now],
                epochs=tuple(rows[: epoch + 1]),
                marks=tuple(mark for mark in marks if mark.update <= now),
            ))
        for epoch in range(1, epochs + 1)
        for now in [epoch * updates]
    ]  # fmt: skip


def _epoch_row(epoch: int, update: int, epochs: int, chance: np.random.Generator) -> EpochRow:
    train = 0.04 + 2.2 * float(np.exp(-epoch / 4))
    validation = train + 0.1 + 0.25 * (epoch / epochs) ** 2 + 0.02 * chance.standard_normal()
    right = 1 - 0.9 * float(np.exp(-epoch / 5)) - 0.03
    near = [float(np.clip(right + 0.012 * chance.standard_normal(), 0, 1)) for _ in range(3)]
    precision, recall, f1 = near
    return EpochRow(epoch, update, update * 32, train, right, validation, right, precision, recall, f1, 0.1)


def landscape_frames() -> Iterator[Frame]:
    """Yield a made-up valley, computed from coarse to fine, with a path that winds down it."""
    steps = np.linspace(0, 1, 120)
    path = np.column_stack([-3 * (1 - steps) ** 2, 1.2 * np.sin(5 * steps) * (1 - steps)])
    for side in (9, 17, 33, 65, 65):
        axis = np.linspace(-3.6, 1.2, side)
        x, y = np.meshgrid(axis, axis + 1.2)
        losses = 0.02 + 0.15 * x**2 + 0.6 * (y - 0.5 * np.sin(x)) ** 2
        losses[(x < -3) & (y > 2)] = np.nan
        surface = LossSurface("path", "path", 2_400, axis, axis + 1.2, losses, 0.02, "training", 375)
        for _ in range(8):
            yield Frame(state=State.PAUSED, progress=Progress(update=2_400)).holding(
                Landscape(
                    surface=surface,
                    progress=(side / 65) ** 2,
                    computing=side < 65,
                    seconds_left=4 * (1 - (side / 65) ** 2),
                    is_current=True,
                    path=path,
                    epochs=40 * steps,
                    share=0.93,
                )
            )


def plane_view(classes: int = 2) -> PlaneView:
    """Class 0 on the left half, the last class on the right; sure at the edges, unsure in the middle."""
    x, _ = np.meshgrid(PLANE_AXIS, PLANE_AXIS)
    points = np.array([[-0.5, 0.1], [0.5, 0.2], [0.4, -0.3]])
    return PlaneView(
        axis_names=("width", "length"),
        class_names=tuple(f"class <{number}>" for number in range(classes)),
        x=PLANE_AXIS,
        y=PLANE_AXIS,
        predicted=np.where(x > 0, classes - 1, 0),
        confidence=(1 / classes + (1 - 1 / classes) * np.abs(x)).astype(np.float32),
        train_points=points,
        train_classes=np.array([0, 1, 1]),
        validation_points=points[:2],
        validation_classes=np.array([0, 1]),
    )
