"""Makes the workshop kit: everything that an instructor needs, in one folder."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from gradlab.errors import InputError
from gradlab.language import catalog, mark, tr
from gradlab.lessons.files import SUFFIX, built_in, pack
from gradlab.lessons.handout_text import handout
from gradlab.resources import resource

# Takes the text as Markdown, the folder of its pictures, and the PDF file to write.
WritePdf = Callable[[str, Path, Path], None]
Item = tuple[Path, Callable[[Path], object]]
README = mark(
    "GradLab: a workshop kit\n"
    "\n"
    "lessons: every lesson as one file. Open it in GradLab with Open lesson… in the menu File, or drop it onto "
    "the window. The lessons also come with the program; these files are to be passed on, or to be changed.\n"
    "experiments: experiments to open with Open…, or to drop onto the window.\n"
    "data: an example of a table of your own.\n"
    "hand-outs: each lesson to be printed and filled in. The files that end in -answers are for the instructor.\n"
    "\n"
    "GradLab's installers belong beside this folder. With an empty file called portable beside the installed "
    "program, it keeps settings and runs there as well, so that it can be used from a stick.\n"
    "\n"
    "Nothing here needs a network.\n"
)


def kit(folder: Path, languages: Sequence[str], write_pdf: WritePdf) -> Iterator[Item]:
    """Yield the items of the kit: a path, and a function that writes it.

    Args:
        folder: the folder for the kit; nothing is removed from it.
        languages: the languages of the hand-outs.
        write_pdf: writes a hand-out.
    """
    lessons = built_in()
    for place, lesson in enumerate(lessons, 1):
        yield folder / "lessons" / f"{place:02}-{lesson.id}{SUFFIX}", partial(pack, lesson)
    for kind in ("experiments", "data"):
        for source in sorted(path for path in resource(kind).iterdir() if path.is_file()):
            yield folder / kind / source.name, partial(shutil.copyfile, source)
    for language in languages:
        readme = catalog(language).gettext(README)
        yield folder / f"README.{language}.txt", partial(Path.write_text, data=readme, encoding="utf-8")
        for place, lesson in enumerate(lessons, 1):
            for key in (False, True):
                name = f"{place:02}-{lesson.id}{'-answers' if key else ''}.pdf"
                text = handout(lesson, language, key=key)
                yield folder / "hand-outs" / language / name, partial(write_pdf, text, lesson.folder)


def write(items: Sequence[Item]) -> Iterator[Path]:
    """Write the kit, and yield each path as it is written.

    Raises:
        InputError: if something cannot be written.
    """
    for path, make in items:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            make(path)
        except OSError as error:
            raise InputError(
                tr("{path}: cannot be written: {reason}").format(path=path, reason=error.strerror)
            ) from None
        yield path
