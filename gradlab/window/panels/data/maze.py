"""A maze with the model's policy: an arrow for each action in each cell, longer for more probable ones.

The stronger a cell's colour, the more steps of the latest episodes began there.
"""

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QToolTip, QWidget

from gradlab.instruments.records import MazeView
from gradlab.language import listed, sentences, shown_name, tr
from gradlab.window import theme
from gradlab.window.charts.colors import blend, pen
from gradlab.window.charts.scatter import legend
from gradlab.window.language.numbers import number, percent

DIRECTIONS = ((0, -1), (1, 0), (0, 1), (-1, 0))  # up, right, down, left, as the actions count
LEAST = 0.02  # less probable actions get no arrow
DARKEST = 0.55  # of the colour of visits
MARGIN = 6  # pixels around the maze


class MazePlot(QWidget):
    """The maze as large as fits, its walls, the goal, and each cell's arrows; a tooltip says the numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.view: MazeView | None = None
        self.setAccessibleName(tr("Maze and policy"))

    def sizeHint(self) -> QSize:
        """Ask for little room."""
        return QSize(160, 160)

    def show_view(self, view: MazeView) -> str:
        """Draw the view and return its caption."""
        self.view = view
        self.update()
        right = int((view.policy.argmax(axis=1) == view.right).sum())
        said = tr("{right} of {count} cells: the right way is the most probable.").format(
            right=right, count=len(view.right)
        )
        self.setAccessibleDescription(said)
        arrows = [
            (theme.color("series.accuracy"), "→", tr("the right way")),
            (theme.color("series.validation"), "→", tr("other ways")),
            (theme.color("plot.mark"), "★", tr("goal")),
        ]
        earned = tr("An episode earns {reward} on average.").format(reward=number(view.reward, ".2f"))
        return f"{sentences((f'<b>{said}</b>', earned))}<br>{legend(arrows)}"

    # --- drawing -----------------------------------------------------------------------------------------

    def cell(self, count: int) -> QRectF:
        """Return the rectangle of cell number ``count``."""
        assert self.view is not None
        side = self.view.side
        edge = max((min(self.width(), self.height()) - 2 * MARGIN) // side, 1)
        left, top = (self.width() - side * edge) / 2, (self.height() - side * edge) / 2
        row, column = divmod(count, side)
        return QRectF(left + column * edge, top + row * edge, edge, edge)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw cells, arrows and walls."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("plot.background"))
        view = self.view
        if view is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for cell in range(len(view.policy)):
            self._draw_cell(painter, view, cell)
        self._draw_goal(painter, self.cell(len(view.policy)))
        self._draw_walls(painter, view)
        if view.chosen is not None:
            painter.setPen(pen(theme.color("accent.focus"), 2))
            for cell in view.chosen.tolist():
                painter.drawRect(self.cell(cell).adjusted(4, 4, -4, -4))

    def _draw_cell(self, painter: QPainter, view: MazeView, cell: int) -> None:
        place = self.cell(cell)
        share = DARKEST * float(np.sqrt(view.visits[cell] / view.visits.max()))
        seen = blend(theme.color("series.train"), theme.color("plot.background"), share * 0.5)
        painter.fillRect(place, seen)
        for action, (right, down) in enumerate(DIRECTIONS):
            probability = float(view.policy[cell, action])
            if probability >= LEAST:
                is_right = action == view.right[cell]
                color = theme.color("series.accuracy" if is_right else "series.validation")
                _draw_arrow(painter, place, QPointF(right, down), probability, color)

    def _draw_goal(self, painter: QPainter, place: QRectF) -> None:
        color = theme.color("plot.mark")
        painter.fillRect(place, blend(color, theme.color("plot.background"), 0.2))
        angles = np.pi * (np.arange(10) / 5 - 0.5)
        radii = place.width() * np.where(np.arange(10) % 2, 0.14, 0.34)
        middle = place.center()
        star = [
            QPointF(middle.x() + radius * np.cos(angle), middle.y() + radius * np.sin(angle))
            for radius, angle in zip(radii, angles, strict=True)
        ]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawPolygon(QPolygonF(star))
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _draw_walls(self, painter: QPainter, view: MazeView) -> None:
        wall = QPen(theme.color("text.normal"), 3)
        wall.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(wall)
        for cell, open_ways in enumerate(view.is_open):
            place = self.cell(cell)
            corners = (place.topLeft(), place.topRight(), place.bottomRight(), place.bottomLeft())
            for action, is_open in enumerate(open_ways):
                if not is_open:
                    painter.drawLine(corners[action], corners[(action + 1) % 4])

    # --- reading off -------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Say what the model would do in the cell under the mouse."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self.view is not None:
            cells = [
                cell
                for cell in range(len(self.view.policy))
                if self.cell(cell).contains(QPointF(event.pos()))
            ]
            QToolTip.showText(event.globalPos(), self.in_words(cells[0]) if cells else "", self)
            return True
        return super().event(event)

    def in_words(self, cell: int) -> str:
        """Return the probability of each action in a cell, and its share of the latest steps."""
        assert self.view is not None
        view = self.view
        ways = [
            f"{shown_name(name)} {percent(float(share))}"
            for name, share in zip(view.actions, view.policy[cell], strict=True)
        ]
        right = tr("right: {way}").format(way=shown_name(view.actions[view.right[cell]]))
        seen = tr("{percent} of the steps began here").format(percent=percent(float(view.visits[cell])))
        return f"{listed(ways)}\n{right}\n{seen}"


def _draw_arrow(
    painter: QPainter, place: QRectF, towards: QPointF, probability: float, color: QColor
) -> None:
    """Draw an arrow from the middle of a cell; the longest one, for certainty, nearly reaches the edge."""
    length = place.width() * (0.1 + 0.34 * probability)
    thick = max(place.width() * (0.01 + 0.04 * probability), 1.0)
    tip = place.center() + towards * length
    across = QPointF(-towards.y(), towards.x())
    head = max(3 * thick, 4.0)
    painter.setPen(pen(color, thick))
    painter.drawLine(place.center(), tip - towards * head)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    base = tip - towards * head
    painter.drawPolygon(QPolygonF([tip, base + across * head * 0.6, base - across * head * 0.6]))
    painter.setBrush(Qt.BrushStyle.NoBrush)
