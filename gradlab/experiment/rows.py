"""What the rows of a data set are: data sets say what they give, models what they take."""

from enum import Enum

from gradlab.language import mark, tr


class Rows(Enum):
    """A kind of rows; its value is the English name, marked for the catalogs."""

    NUMBERS = mark("rows of numbers")
    SEQUENCES = mark("sequences")
    TRACES = mark("an answer at every time step")
    PICTURES = mark("pictures")
    TILTS = mark("a surface to move on")

    @property
    def words(self) -> str:
        """What people read."""
        return tr(self.value)


def in_words(kinds: tuple[Rows, ...]) -> str:
    """Return several kinds of rows as people read them; sequences stand for those with more answers, too."""
    seen = [kind for kind in kinds if kind is not Rows.TRACES or Rows.SEQUENCES not in kinds]
    return ", ".join(kind.words for kind in seen)
