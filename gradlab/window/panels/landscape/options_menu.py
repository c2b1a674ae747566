"""What a map of the loss shows, and how it is drawn."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QMenu, QWidget

from gradlab.instruments.records import ComputeLandscape, Directions, SurfaceRows
from gradlab.language import mark, tr
from gradlab.window.widgets.menu_choice import MenuChoice

DIRECTIONS: dict[Directions, tuple[str, str]] = {
    "path": (
        mark("training path"),
        mark("The two directions along which the weights moved most: so the path really lies in the map."),
    ),
    "random": (
        mark("random"),
        mark(
            "Two random directions, as long in every filter as the weights are (filter-normalized): "
            "so maps of different networks can be compared."
        ),
    ),
}
_SPAN_HELP = mark(
    "How far the map goes. Normal: as far as the path went, "
    "or in random directions as far as the weights are large."
)
SPANS = {
    0.25: mark("very near"),
    0.5: mark("near"),
    1.0: mark("normal"),
    2.0: mark("wide"),
    4.0: mark("very wide"),
}
DETAILS = {
    17: mark("coarse ({side} × {side} points)"),
    33: mark("medium ({side} × {side} points)"),
    65: mark("fine ({side} × {side} points)"),
}
ROWS: dict[SurfaceRows, tuple[str, str]] = {
    "training": (
        mark("training"),
        mark("The loss on rows that are trained on, or on some of them if they are many."),
    ),
    "validation": (mark("validation"), mark("The loss on rows that are held out, where there are any.")),
}


class OptionsMenu(QMenu):
    """The menu of the button *Options*.

    Attributes:
        directions, span, detail, rows: the choices for the next map.
        log_scale: whether colours follow the logarithm of the loss.
        follow: whether the map is computed again whenever training rests.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(tr("Options"), parent)
        wish = ComputeLandscape()
        spans = {span: (tr(text), tr(_SPAN_HELP)) for span, text in SPANS.items()}
        help = tr("More points take longer.")
        details = {side: (tr(text).format(side=side), help) for side, text in DETAILS.items()}
        directions, rows = _in_words(DIRECTIONS), _in_words(ROWS)
        self.directions = MenuChoice("directions", tr("&Directions"), directions, wish.directions, self)
        self.span = MenuChoice("span", tr("&Span"), spans, wish.span, self)
        self.detail = MenuChoice("detail", tr("D&etail"), details, wish.side, self)
        self.rows = MenuChoice("rows", tr("&Rows"), rows, wish.rows, self)
        self.setToolTipsVisible(True)
        for choice in (self.directions, self.span, self.detail, self.rows):
            self.addMenu(choice)
        self.log_scale = self.addAction(tr("&Log scale"))
        self.log_scale.setObjectName("log scale")
        self.log_scale.setToolTip(
            tr("Each colour step multiplies the loss: shows small losses as clearly as big ones.")
        )
        self.follow = self.addAction(tr("&Follow"))
        self.follow.setObjectName("follow")
        self.follow.setToolTip(tr("Computes the map again by itself whenever training rests."))
        for switch in (self.log_scale, self.follow):
            switch.setCheckable(True)
        self.log_scale.setChecked(True)

    @property
    def wish(self) -> ComputeLandscape:
        """What the options ask for."""
        return ComputeLandscape(
            directions=self.directions.value,
            span=self.span.value,
            side=self.detail.value,
            rows=self.rows.value,
        )


def _in_words(choices: Mapping[Any, tuple[str, str]]) -> dict[Any, tuple[str, str]]:
    return {value: (tr(text), tr(help)) for value, (text, help) in choices.items()}
