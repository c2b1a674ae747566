"""Numbers that are predicted: a fitted line over one input, or predicted against true."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt

from gradlab.instruments.metrics import r_squared
from gradlab.instruments.records import Doubles, LineView, PredictedView
from gradlab.language import mark, shown_name, tr
from gradlab.window import theme
from gradlab.window.charts.colors import pen
from gradlab.window.charts.formatting import short
from gradlab.window.charts.scatter import Points, ScatterPlot, legend, margins, with_model

LOST = mark("The model's answers are not numbers any more: the training has diverged.")


class LinePlot(ScatterPlot):
    """The rows as points, and the model's answer for every input as a line."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Fitted line"))
        self._train = Points("o", hollow=False, size=7)
        self._validation = Points("s", hollow=True, size=7)
        self._line = pg.PlotCurveItem(connect="finite", antialias=True)
        for item in (self._train, self._validation, self._line):
            self.addItem(item)
        self.wear()

    def dress(self) -> None:
        """Apply the theme's colours."""
        super().dress()
        background = theme.color("plot.background")
        self._train.take_colors(theme.color("series.train"), background)
        self._validation.take_colors(theme.color("series.validation"), background)
        self._line.setPen(pen(theme.color("text.normal"), 2))

    def show_view(self, view: LineView) -> str:
        """Draw the view and return its caption."""
        self.name_axes(shown_name(view.input_name), shown_name(view.target_name))
        self._train.show_points(view.train_points)
        self._validation.show_points(view.validation_points)
        self._line.setData(view.x, view.fitted)
        targets = np.concatenate([view.train_points[:, 1], view.validation_points[:, 1]])
        self.set_range((view.x[0], view.x[-1]), with_model(targets, view.fitted))
        if not np.isfinite(view.fitted).any():
            return tr(LOST)
        return self._caption(has_validation=len(view.validation_points) > 0)

    def _caption(self, has_validation: bool) -> str:
        entries = [(theme.color("series.train"), "●", tr("training rows"))]
        if has_validation:
            entries.append((theme.color("series.validation"), "□", tr("validation rows")))
        return legend([*entries, (theme.color("text.normal"), "━", tr("what the model answers"))])


class PredictedPlot(ScatterPlot):
    """Each row as a point: its true value to the right, the predicted one upwards."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Predicted against true values"))
        self._diagonal = pg.PlotCurveItem()
        self._rows = Points("o", hollow=False, size=7)
        self.addItem(self._diagonal)
        self.addItem(self._rows)
        self.wear()

    def dress(self) -> None:
        """Apply the theme's colours."""
        super().dress()
        self._rows.take_colors(theme.color("series.validation"), theme.color("plot.background"))
        self._diagonal.setPen(pen(theme.color("plot.axis"), style=Qt.PenStyle.DashLine))

    def show_view(self, view: PredictedView) -> str:
        """Draw the view and return its caption."""
        self.name_axes(tr("true {name}").format(name=shown_name(view.target_name)), tr("predicted"))
        low, high = margins(view.true)
        self.set_range((low, high), with_model(view.true, view.predicted))
        self._diagonal.setData([low, high], [low, high])
        self._rows.show_points(np.column_stack([view.true, view.predicted]))
        return _fit_in_words(view.true, view.predicted)


def _fit_in_words(true: Doubles, predicted: Doubles) -> str:
    if not np.isfinite(predicted).all():
        return tr(LOST)
    if not len(true):
        return tr("No rows to compare.")
    fit = f"{r_squared(true, predicted):.2f}".replace("-", "−")
    error = short(float(np.abs(true - predicted).mean()))
    return tr(
        "{r2} (1: perfect; 0: no better than always guessing the mean). "
        "Off by {error} on average; on the dashed line it would be 0."
    ).format(r2=f"<b>R² {fit}</b>", error=error)
