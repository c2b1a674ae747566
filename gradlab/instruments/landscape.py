"""The loss landscape: a slice around the weights, computed in the background, with the training path on it."""

import copy
import time
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from gradlab.instruments.instrument import Instrument
from gradlab.instruments.records import (
    CancelLandscape,
    ComputeLandscape,
    Directions,
    Doubles,
    Landscape,
    LossSurface,
    SurfaceRows,
)
from gradlab.instruments.slices import coarse_to_fine, main_directions, measurable, project, random_directions
from gradlab.instruments.throttle import FREE_SECONDS, Throttle
from gradlab.instruments.views.shared import some
from gradlab.instruments.weight_path import WeightPath
from gradlab.language import mark
from gradlab.training.events import Updated
from gradlab.training.forward import forward_of
from gradlab.training.parameters import FlatParameters
from gradlab.training.run import TrainingRun
from gradlab.training.seeds import Stream, derive

MOST_ROWS = 512
WHOLE = 2  # with this many weights a map shows the whole landscape
WORK_SECONDS = 0.004
LOOK_SHARE = 0.05  # the share of the training's time that projecting the path may take
PATH_MARGIN = 1.25


class LandscapeRecorder(Instrument):
    """Records the path of the weights, and computes a slice around them on request.

    Attributes:
        path: where the weights have been.
        survey: the slice that was asked for last; None before the first request.
    """

    part = Landscape
    title = mark("Loss landscape")
    hears = (Updated,)

    def __init__(self, run: TrainingRun) -> None:
        super().__init__(run)
        self.path = WeightPath(run)
        self.survey: SliceSurvey | None = None
        if len(run.parameters.flat) == WHOLE:  # to see it whole costs next to nothing
            self.survey = SliceSurvey(run, self.path, ComputeLandscape())
        self._throttle = Throttle(LOOK_SHARE, FREE_SECONDS)
        self._latest: Landscape | None = None
        self._seen: Tensor | None = None

    def observe(self, event: Updated) -> None:
        """Record where the weights are."""
        self.path.note()

    def ask(self, wish: ComputeLandscape | CancelLandscape) -> None:
        """Start a new slice, or stop computing the current one."""
        if isinstance(wish, ComputeLandscape):
            self.survey = SliceSurvey(self.run, self.path, wish)
            self._latest = None
        elif self.survey is not None:
            self.survey.cancel()

    @property
    def has_work(self) -> bool:
        """Whether points are still to be computed."""
        return self.survey is not None and self.survey.is_going

    def work(self) -> None:
        """Compute points for a few milliseconds, but at least one."""
        assert self.survey is not None
        end = time.perf_counter() + WORK_SECONDS
        self.survey.compute_next()
        while self.survey.is_going and time.perf_counter() < end:
            self.survey.compute_next()

    def record(self, *, at_rest: bool) -> Landscape | None:
        """Return the slice as far as it is computed; None before the first request."""
        survey = self.survey
        if survey is None:
            return None
        if self._latest is None or at_rest or self._throttle.is_due:
            with self._throttle:
                self._latest = self._look(survey)
        return replace(
            self._latest,
            surface=survey.surface(),
            progress=survey.progress,
            computing=survey.is_going,
            seconds_left=survey.seconds_left,
        )

    def _look(self, survey: "SliceSurvey") -> Landscape:
        """Project the path onto the slice, unless the weights have not moved since."""
        now = self.run.parameters.flat
        if self._latest is not None and self._seen is not None and torch.equal(now, self._seen):
            return self._latest
        self._seen = now.clone()
        path, epochs, share = survey.see(self.path)
        is_current = survey.is_everything or torch.equal(now, survey.center)
        return Landscape(survey.surface(), 0.0, False, None, is_current, path, epochs, share)


class SliceSurvey:
    """One slice: a copy of the network, evaluated with the weights of every point.

    The copy computes neither gradients nor anything random: the run is not disturbed.

    Attributes:
        center: the weights at its centre, ``(n,)``; zeros where there are only two weights.
        directions: how the weights change along its axes, ``(2, n)``.
        is_everything: whether there are only two weights, so that it is the whole landscape.
        progress: the share of the points that are computed; ``is_going``: whether more are to come.
    """

    def __init__(self, run: TrainingRun, path: WeightPath, wish: ComputeLandscape) -> None:
        self._run = run
        weights = run.parameters.flat
        self.is_everything = len(weights) == WHOLE
        self.center = torch.zeros_like(weights) if self.is_everything else weights.clone()
        self._trial = _Trial(run, wish.rows)
        self.directions, kind = self._span(path, wish.directions)
        x, y = (_axis(low, high, wish) for low, high in self._box(path, kind))
        center_loss = self._trial.loss(weights)
        self._losses = np.full((len(y), len(x)), center_loss)
        self._surface = LossSurface(
            directions=kind,
            wanted=kind if self.is_everything else wish.directions,
            update=run.counters.updates,
            x=x,
            y=y,
            losses=self._losses.copy(),
            center_loss=center_loss,
            rows=self._trial.rows,
            row_count=len(self._trial.targets),
        )
        self._left = coarse_to_fine(wish.side)
        self._count, self._done = self._losses.size, 0
        self._cancelled = self._is_new = False
        self._begun = time.perf_counter()

    def cancel(self) -> None:
        """Stop computing, and keep what is computed so far."""
        self._cancelled = True

    @property
    def progress(self) -> float:
        """The share of the points that are computed, 0 … 1."""
        return self._done / self._count

    @property
    def is_going(self) -> bool:
        """Whether points are still to be computed."""
        return self._done < self._count and not self._cancelled

    @property
    def seconds_left(self) -> float | None:
        """The estimated time for the rest; None while unknown, and at the end."""
        if not self.is_going or not self._done:
            return None
        return (time.perf_counter() - self._begun) * (1 / self.progress - 1)

    def compute_next(self) -> None:
        """Compute the loss at one more point."""
        row, column, stride = next(self._left)
        first, second = self.directions
        weights = torch.add(self.center, first, alpha=float(self._surface.x[column]))
        loss = self._trial.loss(weights.add_(second, alpha=float(self._surface.y[row])))
        # The loss fills its surroundings until they are computed; no computed point is that near.
        near = (slice(max(place - stride // 2, 0), place + stride // 2 + 1) for place in (row, column))
        self._losses[tuple(near)] = loss
        self._done += 1
        self._is_new = True

    def surface(self) -> LossSurface:
        """Return what is computed so far; the same object if there is nothing new."""
        if self._is_new:
            self._surface = replace(self._surface, losses=self._losses.copy())
            self._is_new = False
        return self._surface

    def see(self, path: WeightPath) -> tuple[Doubles, Doubles, float | None]:
        """Return the path projected onto the slice ``(points, 2)``, each point's epochs, and the share in it."""
        points, epochs = path.points()
        steps = points - self.center.cpu()
        usable = measurable(steps)
        if not (usable[-1] and measurable(self.directions).all()):
            return np.empty((0, 2)), np.empty(0), None
        coordinates, share = project(steps[usable], self.directions.cpu())
        return coordinates.numpy(), np.array(epochs)[usable.numpy()], share

    def _span(self, path: WeightPath, wanted: Directions) -> tuple[Tensor, Directions]:
        if self.is_everything:
            return torch.eye(WHOLE).to(self.center), "weights"
        if wanted == "path":
            steps = path.points()[0] - self.center.cpu()
            directions = main_directions(steps[measurable(steps)])
            if len(directions) == 2:
                return directions.to(self.center), "path"
        seed = derive(self._run.experiment.seed, Stream.LANDSCAPE)
        return random_directions(self.center, self._run.parameters, seed), "random"

    def _box(self, path: WeightPath, kind: Directions) -> tuple[tuple[float, float], tuple[float, float]]:
        """Return the ends of both axes at span 1; both have the same scale."""
        if kind == "random":
            return (-1.0, 1.0), (-1.0, 1.0)
        seen = self.see(path)[0]
        if kind == "weights":
            half = PATH_MARGIN * max(float(np.abs(seen).max(initial=0.0)), 1.0)
            return (-half, half), (-half, half)
        low, high = seen.min(axis=0), seen.max(axis=0)
        half = PATH_MARGIN * float((high - low).max()) / 2
        x, y = ((low + high) / 2).tolist()
        return (x - half, x + half), (y - half, y + half)


class _Trial:
    """Evaluates a copy of a run's network with any weights on some of its rows; sequences stay whole."""

    def __init__(self, run: TrainingRun, rows: SurfaceRows) -> None:
        self.rows: SurfaceRows = rows if len(run.evaluation.rows[1]) else "training"
        inputs, targets = run.rows.train if self.rows == "training" else run.evaluation.rows
        chosen = torch.from_numpy(some(run, np.arange(len(targets)), MOST_ROWS)).to(run.network.device)
        self._inputs, self.targets = inputs[chosen], targets[chosen]
        model = copy.deepcopy(run.model).eval()
        self._flat = FlatParameters(model).flat
        self._forward = run.network.precision.of(forward_of(model))
        self._mean_loss = run.objective.mean_loss

    @torch.no_grad()
    def loss(self, weights: Tensor) -> float:
        self._flat.copy_(weights)
        return float(self._mean_loss(self._forward(self._inputs), self.targets))


def _axis(low: float, high: float, wish: ComputeLandscape) -> Doubles:
    return np.linspace(low * wish.span, high * wish.span, wish.side)
