import logging
import shutil
from pathlib import Path
from tempfile import mkdtemp

from gradlab.errors import InputError
from gradlab.folders import lessons_folder
from gradlab.language import tr
from gradlab.lessons import files
from gradlab.lessons.lesson import Lesson

log = logging.getLogger(__name__)
NEW = ".new-"  # begins the names of folders with lessons that are still being checked


class AlreadyThereError(InputError):
    """A lesson with this id exists; ``title`` is the existing one's."""

    def __init__(self, lesson: str, title: str) -> None:
        super().__init__(
            tr('there is a lesson "{lesson}" already; allowed: another id, or to replace it').format(
                lesson=lesson
            )
        )
        self.title = title


class Catalogue:
    """All lessons, the built-in ones and this person's own, which came from files.

    An own lesson hides a built-in one with the same id.

    Attributes:
        broken: the folders of own lessons that cannot be read, and why.
    """

    def __init__(self, own: Path | None = None) -> None:
        self._own = own or lessons_folder()
        self._built_in = files.built_in()
        self.broken: dict[Path, str] = {}
        self._mine: list[Lesson] = []
        self.refresh()

    def refresh(self) -> None:
        """Read this person's folder again."""
        self._mine, self.broken = [], {}
        for folder in sorted(path.parent for path in self._own.glob(f"[!.]*/{files.PLAN}")):
            try:
                self._mine.append(files.load(folder))
            except InputError as error:
                log.warning("%s", error)
                self.broken[folder] = str(error)

    @property
    def lessons(self) -> list[Lesson]:
        """Every lesson, in the order of the path; own ones last."""
        mine = {lesson.id for lesson in self._mine}
        return [*(lesson for lesson in self._built_in if lesson.id not in mine), *self._mine]

    def get(self, lesson: str) -> Lesson | None:
        """Return the lesson with this id; None if there is none."""
        return next((each for each in self.lessons if each.id == lesson), None)

    def after(self, lesson: str) -> Lesson | None:
        """Return the next lesson on the path; None after the last one."""
        ids = [each.id for each in self.lessons]
        place = ids.index(lesson) + 1 if lesson in ids else len(ids)
        return self.lessons[place] if place < len(ids) else None

    def group_of(self, lesson: Lesson) -> str:
        """Return the group that lists a lesson; own lessons are in ``own``."""
        return "own" if self.is_own(lesson) else lesson.plan.group

    def is_own(self, lesson: Lesson) -> bool:
        """Return whether a lesson is in this person's folder, so that it can be removed."""
        return lesson.folder.parent == self._own

    def add(self, path: Path, *, replace: bool = False) -> Lesson:
        """Copy a lesson into this person's folder and return it; if it is there already, return that copy.

        Args:
            path: a ``.gradlesson`` file, the folder of a lesson, or the ``lesson.toml`` in it.
            replace: whether it may replace one with the same id.

        Raises:
            AlreadyThereError: if there is a different one with the same id, and ``replace`` is False.
            InputError: if it is not a lesson.
        """
        try:
            self._own.mkdir(parents=True, exist_ok=True)
            beside = Path(mkdtemp(prefix=NEW, dir=self._own)) / "lesson"
        except OSError as error:
            raise InputError(
                f"{self._own}: " + tr("cannot be written: {reason}").format(reason=error.strerror)
            ) from None
        try:
            return self._take(self._fetch(path, beside), replace=replace)
        finally:
            shutil.rmtree(beside.parent, ignore_errors=True)
            self.refresh()

    def remove(self, lesson: Lesson) -> None:
        """Remove a lesson from this person's folder; a built-in one that it hid reappears."""
        if self.is_own(lesson):
            self.discard(lesson.folder)

    def discard(self, folder: Path) -> None:
        """Remove the folder of a lesson, even of one that cannot be read."""
        if folder.parent == self._own:
            shutil.rmtree(folder, ignore_errors=True)
            self.refresh()

    def _fetch(self, path: Path, beside: Path) -> Lesson:
        """Copy a lesson into a new folder, and check it."""
        if path.is_file() and path.name != files.PLAN:
            return files.unpack(path, beside)
        folder = path if path.is_dir() else path.parent
        files.load(folder)  # its errors name the folder that people know
        return files.copy(folder, beside)

    def _take(self, lesson: Lesson, *, replace: bool) -> Lesson:
        there = self.get(lesson.id)
        if there is not None and files.contents(lesson.folder) == files.contents(there.folder):
            return there
        if there is not None and not replace:
            raise AlreadyThereError(lesson.id, there.text_in("en").title)
        place = self._own / lesson.id
        try:
            if place.exists():
                place.rename(lesson.folder.parent / "old")
            lesson.folder.rename(place)
        except OSError as error:
            raise InputError(
                f"{place}: " + tr("cannot be written: {reason}").format(reason=error.strerror)
            ) from None
        return files.load(place)
