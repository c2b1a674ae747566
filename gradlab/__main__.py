"""Start GradLab: the window, or a command."""

import multiprocessing
import sys

FILES = (".toml", ".gradlab")


def main() -> int:
    """Open the window, with a file if one is given, or run a command; return the exit code."""
    multiprocessing.freeze_support()
    arguments = sys.argv[1:]
    if arguments and not arguments[0].endswith(FILES):
        from gradlab.cli.main import main as run_command

        return run_command(arguments)
    from gradlab.window.app import main as open_window

    return open_window(arguments)


if __name__ == "__main__":
    sys.exit(main())
