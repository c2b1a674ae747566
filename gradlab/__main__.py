"""Start GradLab: the window, or a command."""

import os
import sys

from gradlab import startup
from gradlab.content import ENDINGS_OF_TABLES
from gradlab.startup import parts

FILES = (".toml", ".gradlab", ".gradlesson", *ENDINGS_OF_TABLES)


def main() -> int:
    """Open the window, with a file if one is given, or run a command; return the exit code."""
    # Only child processes of the packaged program are started with this: others need not load the module.
    if "--multiprocessing-fork" in sys.argv:
        from multiprocessing import freeze_support

        freeze_support()
    if wrong := startup.unknown():
        sys.stderr.write(f"gradlab: {wrong}\n")
        return 2
    parts.let_parts_wait()
    arguments = sys.argv[1:]
    if arguments[:1] == ["--debug"]:  # before --data or after it
        arguments = [*arguments[1:], "--debug"]
    if arguments[:1] == ["--data"]:
        if len(arguments) < 2:
            sys.stderr.write("gradlab: --data needs the folder for settings and runs\n")
            return 2
        os.environ["GRADLAB_DATA"] = os.path.abspath(arguments[1])  # noqa: PTH100 (pathlib takes a while to load)
        arguments = arguments[2:]
    if "--debug" in arguments:
        arguments.remove("--debug")
        _log(arguments)
    if arguments == ["--selftest"]:
        from gradlab.window.entry import selftest

        return selftest()
    if arguments and not arguments[0].lower().endswith(FILES):
        from gradlab.cli.main import main as run_command
        from gradlab.window.entry import write_pdf

        return run_command(arguments, write_pdf)
    from gradlab.window.entry import main as open_window

    return open_window(arguments)


def _log(arguments: list[str]) -> None:
    """Start logging, and say where; without a log the program still runs."""
    from gradlab import debug_log

    try:
        told = f"gradlab: log in {debug_log.begin(arguments)}\n"
    except OSError as error:
        told = f"gradlab: no log: {error}\n"
    if sys.stderr is not None:  # a program without a terminal has none on Windows
        sys.stderr.write(told)


if __name__ == "__main__":
    sys.exit(main())
