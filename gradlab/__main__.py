"""Start GradLab: the window, or a command."""

import os
import sys

from gradlab.torch_loading import let_parts_wait

FILES = (".toml", ".gradlab", ".gradlesson")


def main() -> int:
    """Open the window, with a file if one is given, or run a command; return the exit code."""
    # Only a child of the packaged program is started with this: nobody else has to load what it takes.
    if "--multiprocessing-fork" in sys.argv:
        from multiprocessing import freeze_support

        freeze_support()
    let_parts_wait()
    # Else pydantic looks through all installed packages for plug-ins, which the lab has no use for.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    arguments = sys.argv[1:]
    if arguments[:1] == ["--data"]:
        if len(arguments) < 2:
            sys.stderr.write("gradlab: --data needs the folder for settings and runs\n")
            return 2
        os.environ["GRADLAB_DATA"] = os.path.abspath(arguments[1])  # noqa: PTH100 (pathlib takes a while to load)
        arguments = arguments[2:]
    if arguments == ["--selftest"]:
        from gradlab.window.entry import selftest

        return selftest()
    if arguments and not arguments[0].endswith(FILES):
        from gradlab.cli.main import main as run_command
        from gradlab.window.entry import write_pdf

        return run_command(arguments, write_pdf)
    from gradlab.window.entry import main as open_window

    return open_window(arguments)


if __name__ == "__main__":
    sys.exit(main())
