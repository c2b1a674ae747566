"""Tells which old encoding a text is in by its letters: which of them belong together in a language.

Tables hold few words. Detectors that count letters take ``23 °C`` for Chinese and ``Łódź`` for Western Europe;
what decides here is whether all letters belong to one alphabet and stand where they may.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from gradlab.language import mark

# Where they are written. If several fit equally well, the first: it is in use more than the later ones.
ENCODINGS = {
    "cp1252": mark("Windows, Western Europe"),
    "gb18030": mark("Chinese, simplified"),
    "cp1251": mark("Windows, Cyrillic"),
    "cp1250": mark("Windows, Central Europe"),
    "cp1254": mark("Windows, Turkish"),
    "cp932": mark("Japanese"),
    "cp949": mark("Korean"),
    "big5": mark("Chinese, traditional"),
    "cp1255": mark("Windows, Hebrew"),
    "cp1253": mark("Windows, Greek"),
    "cp1256": mark("Windows, Arabic"),
    "cp1257": mark("Windows, Baltic"),
    "cp874": mark("Windows, Thai"),
    "mac_roman": mark("old Mac"),
    "cp850": mark("DOS, Western Europe"),
    "iso8859_15": mark("Unix, Western Europe"),
    "iso8859_2": mark("Unix, Central Europe"),
    "euc_jp": mark("Unix, Japanese"),
    "cp866": mark("DOS, Cyrillic"),
    "koi8_r": mark("Unix, Cyrillic"),
}
_WESTERN = (
    "äöüß", "àâæçéèêëîïôœùûüÿ", "áéíñóúü", "áâãàçéêíóôõúü", "àèéìíîòóùú", "åäöæøé", "áéëïóöüè", "áðéíóúýþæö",
    "àçèéíïòóúü",
)  # fmt: skip
_CENTRAL = ("ąćęłńóśźż", "áäčďéěíĺľňóôŕřšťúůýž", "áéíóöőúüű", "ăâîşţ", "čćđšž", "äöüß")
_CYRILLIC = (
    "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
    "абвгдђежзијклљмнњопрстћуфхцчџш",
)
_ALPHABETS: dict[str, tuple[str, ...]] = {
    "cp1252": _WESTERN,
    "cp1250": _CENTRAL,
    "cp1251": (*_CYRILLIC, "абвгдеёжзійклмнопрстуўфхцчшыьэюя"),
    "cp1254": ("çğıiöşüâîû\u0307",),
    "cp1253": ("αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ",),
    "cp1255": ("אבגדהוזחטיךכלםמןנסעףפץצקרשת",),
    "cp1256": ("ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيپچژگک،؛؟ـ",),
    "cp1257": ("ąčęėįšųūž", "āčēģīķļņšūž", "äöõüšž"),
    "cp874": ("".join(map(chr, range(0x0E01, 0x0E5C))),),
    "mac_roman": _WESTERN,
    "cp850": _WESTERN,
    "iso8859_15": _WESTERN,
    "iso8859_2": _CENTRAL,
    "cp866": _CYRILLIC,
    "koi8_r": _CYRILLIC,
}
# The first byte of the usual letters; the rare ones, which wrong guesses mostly consist of, come behind them.
_USUAL_FIRST = {
    "gb18030": (*range(0xB0, 0xD8), 0xA3),
    "big5": (*range(0xA4, 0xC7),),
    "cp932": (*range(0x88, 0x99), 0x82, 0x83),
    "cp949": (*range(0xB0, 0xC9),),
    "euc_jp": (*range(0xB0, 0xD0), 0xA4, 0xA5),
}
_KOREAN = range(0xB0, 0xC9)
_IN_PLACE = re.compile(
    r"(?<![^\W\d_])[°º](?=[CFKNSEWO\W\d]|$)|(?<!\w)[µΩ](?=[A-Za-z]|\b)|(?<=[A-Za-z0-9])[²³¹](?!\w)"
    r"|(?<!\w)[€£¥¢](?![^\W\d_])|(?<=\d)[€£¥¢½¼¾‰ªº](?!\w)"
    r"|(?<!\w)[«»„“‚‘¿¡’”](?=\w)|(?<=[\w.!?])[“”‘’»«](?!\w)|(?<=\w)’(?=\w)"
    r"|(?<![^\W\d_])[±×÷§©®™•…–—½¼¾](?![^\W\d_])|(?<=\w)[®™…](?!\w)|(?<=\s)[–—…]|[–—…](?=\s)"
    r"|(?<=[\w°%,;:.])\u00a0|\u00a0(?=\S)"
)
_ODD = re.compile(
    r"\b[бвгджзйклмнпрстфхцчшщъь]{2,}\b"  # words without a vowel, as Hebrew and Greek are misread
    r"|[A-Za-z][\u0370-\u03ff\u0400-\u0e5f]|[\u0370-\u03ff\u0400-\u0e5f][A-Za-z]"  # two scripts in one word
    r"|[A-Za-z][\u3040-\ud7ff][A-Za-z]"
)
_SHOUTED = 0.05  # all in capitals: as small Cyrillic letters are misread


def ranked(sample: bytes) -> list[tuple[float, str]]:
    """Return the encodings that a sample can be in, the likeliest first, each with its share of odd letters.

    Of those that read it in the same way only the first is among them.
    """
    readings: dict[str, str] = {}
    for name in ENCODINGS:
        try:
            readings.setdefault(sample.decode(name), name)
        except UnicodeError:
            continue
    return sorted(
        ((oddness(text, name), name) for text, name in readings.items()), key=lambda found: found[0]
    )


def oddness(text: str, encoding: str) -> float:
    """Return which share of the letters of a text, other than plain ones, does not belong there; may pass 1."""
    letters = [letter for letter in _IN_PLACE.sub("", text) if letter > "\x7f"]
    if not letters:
        return 0.0
    strange = _rare(letters, encoding) if encoding in _USUAL_FIRST else _foreign(letters, encoding)
    return (strange + len(_ODD.findall(text)) + _misplaced_capitals(text)) / len(letters) + _shouted(letters)


def _misplaced_capitals(text: str) -> int:
    return sum(
        before.islower() and letter.isupper() and max(before, letter) > "\x7f"
        for before, letter in pairwise(text)
    )


def _shouted(letters: Sequence[str]) -> float:
    return _SHOUTED if len(letters) > 2 and all(map(str.isupper, letters)) else 0.0


def _foreign(letters: Sequence[str], encoding: str) -> float:
    lower = "".join(letters).lower()
    return min(sum(letter not in alphabet for letter in lower) for alphabet in _ALPHABETS[encoding])


def _rare(letters: Sequence[str], encoding: str) -> float:
    codes = [letter.encode(encoding) for letter in letters]
    rare = sum(not _is_usual(code, encoding) for code in codes)
    only_korean = encoding == "gb18030" and len(set(codes)) > 3 and all(code[0] in _KOREAN for code in codes)
    return rare + 0.05 * len(letters) * only_korean


def _is_usual(code: bytes, encoding: str) -> bool:
    extended = encoding in ("gb18030", "cp949") and code[-1] < 0xA1
    return len(code) == 2 and code[0] in _USUAL_FIRST[encoding] and not extended
