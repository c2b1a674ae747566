"""Fonts with the letters of every language."""

from PySide6.QtCore import QLoggingCategory
from PySide6.QtGui import QFont, QFontInfo

# Fallbacks for letters that the system font lacks, for Linux, Windows and macOS; the first one installed is used.
# Left alone, Qt takes any font with Chinese letters, even one with Japanese shapes. Devanagari comes first because
# Qt complains when it has to look for it in a Chinese font.
FALLBACK_FONTS = (
    *("Noto Sans Devanagari", "Nirmala UI", "Kohinoor Devanagari", "Lohit Devanagari"),
    *("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Microsoft YaHei UI", "PingFang SC"),
    "WenQuanYi Micro Hei",
)


def keep_silent() -> None:
    """Stop Qt from reporting every font that cannot draw Devanagari: the next one in the list can."""
    QLoggingCategory.setFilterRules("qt.text.font.db.info=false")


def with_all_letters(font: QFont) -> QFont:
    """Return the same font with fallbacks for the letters that it lacks.

    Every language needs them: the list of languages shows all their names, and classes may be named in any script.
    """
    filled = QFont(font)
    # By its real name: for an alias such as "Sans Serif" Qt would take all letters from a fallback.
    filled.setFamilies([QFontInfo(font).family(), *FALLBACK_FONTS])
    return filled
