"""Python code in the theme's colours."""

import re

from PySide6.QtGui import QSyntaxHighlighter, QTextCharFormat, QTextDocument

from gradlab.window import theme

# What a word is decides its colour; the first rule that fits wins.
_RULES = {
    "text.muted": r"#.*",
    "accent.normal": r"\b(?:for|in|if|or|with|break|is|not|None|True|False)\b",
    "series.validation": r"\b\d[\d.]*(?:e[+-]?\d+)?\b",
    "series.accuracy": r"\b\w+(?=\()",
}
_WORDS = re.compile("|".join(f"({rule})" for rule in _RULES.values()))


class PythonColors(QSyntaxHighlighter):
    """Colours keywords, numbers, calls and comments: all that a short loop contains."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self.dress()

    def dress(self) -> None:
        """Apply the theme's colours."""
        self._formats = []
        for token in _RULES:
            words = QTextCharFormat()
            words.setForeground(theme.color(token))
            self._formats.append(words)
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        """Colour one line."""
        for found in _WORDS.finditer(text):
            start, end = found.span()
            self.setFormat(start, end - start, self._formats[(found.lastindex or 1) - 1])
