"""Tells what kind of file something is by what is in it: its name may be wrong."""

import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import PurePath

from gradlab.errors import InputError
from gradlab.language import mark, tr

LOOKED_AT = 65_536

_PICTURE = mark(
    "for pictures choose another dataset, own pictures: a folder with one folder of them per class"
)
_PACKED = mark("unpack it, and choose the table that is in it")
_DOCUMENT = mark("save the table in it as CSV or as a workbook (.xlsx)")
_WEB = mark("download the table itself, or save the one on the page as CSV")
_DATA = mark("write it as CSV, for example with pandas: to_csv(…, index=False)")
_STATISTICS = mark("export it as CSV from the program that wrote it")
_LAB = mark("open it as an experiment, not as its data")
_CHOOSE = mark("choose the table itself")


@dataclass(frozen=True)
class FileKind:
    """A kind of file that is not a text of rows.

    Attributes:
        english: what it is, ``a PDF document``; marked for translation.
        advice: what to do where a table is wanted, marked for translation; empty for a workbook, which is read.
    """

    english: str
    advice: str = ""


WORKBOOK = FileKind(mark("a workbook"))
EXPERIMENT = FileKind(mark("an experiment of GradLab"), _LAB)
LOCKED = FileKind(
    mark("a workbook or document with a password"), mark("open it, and save it without the password")
)
_ZIP = FileKind(mark("a zip archive"), _PACKED)
_SAVE_AGAIN = mark("open it in the program that it is for, and save it again, a workbook as .xlsx or CSV")
_CUT_ZIP = FileKind(mark("a damaged workbook or zip archive"), _SAVE_AGAIN)
_OLD_OFFICE = FileKind(mark("a damaged workbook or an old Office document"), _SAVE_AGAIN)
_WEB_PAGE = FileKind(mark("a web page (HTML)"), _WEB)

_SIGNS: tuple[tuple[bytes, FileKind], ...] = (
    (rb"\x89PNG\r\n", FileKind(mark("a PNG picture"), _PICTURE)),
    (rb"\xff\xd8\xff", FileKind(mark("a JPEG picture"), _PICTURE)),
    (rb"GIF8[79]a", FileKind(mark("a GIF picture"), _PICTURE)),
    (rb"RIFF.{4}WEBP", FileKind(mark("a WebP picture"), _PICTURE)),
    (rb"BM.{4}\0{4}", FileKind(mark("a BMP picture"), _PICTURE)),
    (rb"II\*\0|MM\0\*", FileKind(mark("a TIFF picture"), _PICTURE)),
    (rb"\0.{3}ftypavi", FileKind(mark("an AVIF picture"), _PICTURE)),
    (rb"\0.{3}ftyp(hei|hev|mif1|msf1)", FileKind(mark("a HEIC picture"), _PICTURE)),
    (rb"\0.{3}ftyp", FileKind(mark("a film"), _CHOOSE)),
    (rb"%PDF-", FileKind(mark("a PDF document"), _DOCUMENT)),
    (rb"\{\\rtf", FileKind(mark("a text document (RTF)"), _DOCUMENT)),
    (rb"\x1f\x8b", FileKind(mark("a gzip archive"), _PACKED)),
    (rb"BZh[1-9]1AY&SY", FileKind(mark("a bzip2 archive"), _PACKED)),
    (rb"\xfd7zXZ\0", FileKind(mark("an xz archive"), _PACKED)),
    (rb"7z\xbc\xaf\x27\x1c", FileKind(mark("a 7-Zip archive"), _PACKED)),
    (rb"Rar!\x1a\x07", FileKind(mark("a RAR archive"), _PACKED)),
    (rb"\x28\xb5\x2f\xfd", FileKind(mark("a Zstandard archive"), _PACKED)),
    (rb".{257}ustar[\0 ]", FileKind(mark("a tar archive"), _PACKED)),
    (rb"PAR1\x15", FileKind(mark("a Parquet file"), _DATA)),
    (rb"ARROW1\0", FileKind(mark("an Arrow file"), _DATA)),
    (rb"FEA1\0", FileKind(mark("a Feather file"), _DATA)),
    (rb"\x93NUMPY", FileKind(mark("a NumPy file (.npy)"), _DATA)),
    (rb"\x89HDF\r\n", FileKind(mark("an HDF5 file"), _DATA)),
    (rb"\x80[\x02-\x05][^\x80-\xff]*[\0-\x08]|\x80[\x02-\x05]\x95", FileKind(mark("a Python pickle"), _DATA)),
    (rb"MATLAB 5\.0", FileKind(mark("a MATLAB file"), _STATISTICS)),
    (rb"SQLite format 3\0", FileKind(mark("an SQLite database"), _STATISTICS)),
    (rb"\0\x01\0\0Standard (Jet|ACE) DB", FileKind(mark("an Access database"), _STATISTICS)),
    (rb"\$FL[23]@\(#\)", FileKind(mark("an SPSS file"), _STATISTICS)),
    (rb"<stata_dta>", FileKind(mark("a Stata file"), _STATISTICS)),
    (rb"RDX[23]\n", FileKind(mark("an R data file"), _STATISTICS)),
    (rb"MZ.[\0\1]|\x7fELF", FileKind(mark("a program"), _CHOOSE)),
    (rb"L\0{3}\x01\x14\x02\0", FileKind(mark("a Windows shortcut"), _CHOOSE)),
    (rb"\0\x05\x16\x07", FileKind(mark("a side file of macOS"), _CHOOSE)),
)
_BYTE_KINDS = tuple((re.compile(pattern, re.DOTALL), kind) for pattern, kind in _SIGNS)
_LINES = r"(?:\s|[#%;][^\n]*\n)*"  # blank lines and comments before what counts
_TEXTS: tuple[tuple[str, FileKind], ...] = (
    (r"<\?xml(?s:.){0,400}(mso-application|urn:schemas-microsoft-com:office:spreadsheet)",
     FileKind(mark("a spreadsheet as XML"), _DOCUMENT)),
    (r"(<\?xml[^>]*>\s*)?(<!--(?s:.)*?-->\s*)*<(!doctype html|html|head|body|table|meta|div)\b", _WEB_PAGE),
    (r"(<\?xml[^>]*>\s*)?(<!--(?s:.)*?-->\s*)*(<!doctype svg[^>]*>\s*)?<svg\b",
     FileKind(mark("an SVG picture"), _PICTURE)),
    (r"<\?xml|<[a-z][\w:]*(\s[^<>]*)?>\s*<", FileKind(mark("an XML file"), _STATISTICS)),
    (r'\{\s*"(cells|nbformat)"\s*:', FileKind(mark("a Jupyter notebook"), _DATA)),
    (r'\{\s*("[^"\n]*"\s*:|\}\s*\Z)|\[\s*(\{\s*"|\[\s*[-\d"]|\]\s*\Z)', FileKind(mark("a JSON file"), _DATA)),
    (_LINES + r"@relation\b", FileKind(
        mark("a Weka file (ARFF)"),
        mark("keep the lines below @data, and put a line with the names of the columns above them"))),
    (r"%!PS", FileKind(mark("a PostScript document"), _DOCUMENT)),
    (r"version https://git-lfs", FileKind(
        mark("a note of Git LFS in place of a file"), mark("fetch the file itself with git lfs pull"))),
    (r"\[InternetShortcut\]", FileKind(mark("a link to a web page"), _WEB)),
    (_LINES + r"(?:\w+\s*=\s*[^\n]*\n" + _LINES + r")*\[(data|model|training|optimizer)\]\s*$",
     EXPERIMENT),
)  # fmt: skip
_TEXT_KINDS = tuple((re.compile(pattern, re.IGNORECASE | re.MULTILINE), kind) for pattern, kind in _TEXTS)
_IN_ZIP: tuple[tuple[str, FileKind], ...] = (
    (r"xl/workbook\.(xml|bin)", WORKBOOK),
    (r"xl/.*|content\.xml ods", WORKBOOK),
    (r"word/.*|content\.xml odt", FileKind(mark("a Word document"), _DOCUMENT)),
    (r"ppt/.*|content\.xml odp", FileKind(mark("a presentation"), _DOCUMENT)),
    (r"Index/Document\.iwa", FileKind(mark("a document of Apple's Numbers, Pages or Keynote"), _DOCUMENT)),
    (
        r"lesson\.toml|[^/]*/lesson\.toml",
        FileKind(mark("a lesson of GradLab"), mark("open it with File, Open…")),
    ),
    (r"experiment\.toml", FileKind(mark("a kept run of GradLab"), _LAB)),
    (r"[^/]*\.npy", FileKind(mark("a NumPy file (.npz)"), _DATA)),
    (r"[^/]*/data\.pkl", FileKind(mark("a PyTorch file"), _DATA)),
)
_IN_OLE = (
    ("EncryptedPackage", LOCKED),
    ("Workbook", WORKBOOK),
    ("WordDocument", FileKind(mark("a Word document"), _DOCUMENT)),
    ("PowerPoint Document", FileKind(mark("a presentation"), _DOCUMENT)),
    ("Book", WORKBOOK),
)


def what_kind(content: bytes, name: str = "") -> str:
    """Return what kind of file it is, ``a WebP picture``; empty for plain text and for what is not known.

    Args:
        content: all of the file, or its first ``LOOKED_AT`` bytes, which may tell less of archives.
        name: the file's name, where it tells something.
    """
    kind = kind_of(content, name)
    return tr(kind.english) if kind else ""


def kind_of(content: bytes, name: str = "") -> FileKind | None:
    """Return the kind of file that is in ``content``, or None where it may be a text of rows."""
    start = content[:LOOKED_AT]
    if start.startswith(b"PK\x03\x04") or start.startswith(b"PK\x05\x06"):
        return _in_zip(content)
    if start.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _in_ole(content)
    if PurePath(name).name.startswith("~$") and len(content) < 1000:
        return FileKind(mark("a note that a workbook is open elsewhere"), mark("choose the workbook itself"))
    return _signed(start) or _text_kind(start)


def refuse_other_kinds(kind: FileKind | None) -> None:
    """Raise an InputError that says what a file is, unless it can be read as a table."""
    if kind and kind.advice:
        raise InputError(
            tr("is {kind}, not a table: {advice}").format(kind=tr(kind.english), advice=tr(kind.advice)),
            "data.path",
        )


def _signed(start: bytes) -> FileKind | None:
    return next((kind for pattern, kind in _BYTE_KINDS if pattern.match(start)), None)


def _text_kind(start: bytes) -> FileKind | None:
    text = _readable(start).lstrip("\ufeff \t\r\n")
    return next((kind for pattern, kind in _TEXT_KINDS if pattern.match(text)), None)


def _readable(start: bytes) -> str:
    """Return the start of a text; of UTF-16 without more ado the plain letters."""
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return start.decode("utf-16", errors="replace")
    return start.replace(b"\0", b"").decode("utf-8-sig", errors="replace")


def _in_zip(content: bytes) -> FileKind:
    names = [
        f"{name}{_open_document(content)}" if name == "content.xml" else name for name in _names(content)
    ]
    known = (kind for pattern, kind in _IN_ZIP for name in names if re.fullmatch(pattern, name))
    return next(known, _ZIP if zipfile.is_zipfile(io.BytesIO(content)) else _CUT_ZIP)


def _names(content: bytes) -> list[str]:
    """Return what is in a zip archive: by the list at its end, or else by what its beginning shows."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        start = content[:LOOKED_AT]
        headers = re.finditer(rb"PK\x03\x04.{22}(..)..", start, re.DOTALL)
        ends = [(found.end(), int.from_bytes(found[1], "little")) for found in headers]
        return [start[end : end + length].decode("utf-8", "replace") for end, length in ends]


def _open_document(content: bytes) -> str:
    """Return the usual ending of an OpenDocument, which says in its first bytes what it is."""
    found = re.search(
        rb"application/vnd\.oasis\.opendocument\.(spreadsheet|text|presentation)", content[:200]
    )
    endings = {b"spreadsheet": " ods", b"text": " odt", b"presentation": " odp"}
    return endings.get(found[1], "") if found else ""


def _in_ole(content: bytes) -> FileKind:
    streams = ((name.encode("utf-16-le"), kind) for name, kind in _IN_OLE)
    return next((kind for name, kind in streams if name in content), _OLD_OFFICE)
