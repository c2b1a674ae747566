"""Fonts that have the letters of every language."""

from PySide6.QtCore import QLoggingCategory
from PySide6.QtGui import QFont, QFontInfo

# What draws the letters that the system font does not have, the first that there is, on Linux, Windows and macOS:
# by itself Qt takes any font with Chinese letters, also one with Japanese shapes. Devanagari comes first, for
# Qt complains where it has to ask a Chinese font for it.
FALLBACK_FONTS = (
    *("Noto Sans Devanagari", "Nirmala UI", "Kohinoor Devanagari", "Lohit Devanagari"),
    *("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Microsoft YaHei UI", "PingFang SC"),
)


def keep_silent() -> None:
    """Keep Qt from telling the terminal of each font that cannot draw Devanagari, though the next one can."""
    QLoggingCategory.setFilterRules("qt.text.font.db.info=false")


def with_all_letters(font: QFont) -> QFont:
    """Return a font that draws what it has itself, and leaves the rest to others.

    In every language: the names of all stand where one is chosen, and people may name their classes as they like.
    """
    filled = QFont(font)
    # By its real name: after "Sans Serif", which stands for a font, Qt takes all letters from a fallback.
    filled.setFamilies([QFontInfo(font).family(), *FALLBACK_FONTS])
    return filled
