"""Python code in the theme's colours."""

import re

from PySide6.QtGui import QSyntaxHighlighter, QTextCharFormat, QTextDocument

from gradlab.window.theme.tokens import Theme

# What a word is decides its colour; the first rule that fits wins.
_RULES = {
    "text.muted": r"#.*",
    "accent.normal": r"\b(?:for|in|if|or|with|break|is|not|None|True|False)\b",
    "series.validation": r"\b\d[\d.]*(?:e[+-]?\d+)?\b",
    "series.accuracy": r"\b\w+(?=\()",
}
_WORDS = re.compile("|".join(f"({rule})" for rule in _RULES.values()))


class PythonColors(QSyntaxHighlighter):
    """Colours keywords, numbers, calls and comments; what there is in a short loop."""

    def __init__(self, document: QTextDocument, theme: Theme) -> None:
        super().__init__(document)
        self.apply_theme(theme)

    def apply_theme(self, theme: Theme) -> None:
        """Take every colour anew."""
        self._formats = []
        for token in _RULES:
            words = QTextCharFormat()
            words.setForeground(theme.color(token))
            self._formats.append(words)
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        """Colour one line; Qt calls this."""
        for found in _WORDS.finditer(text):
            start, end = found.span()
            self.setFormat(start, end - start, self._formats[(found.lastindex or 1) - 1])
