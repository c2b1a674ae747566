"""Start GradLab: the window, or a command."""

import multiprocessing
import sys

COMMANDS = ("run", "doctor", "-h", "--help", "--version")


def main() -> int:
    """Open the window, or run the command that the first argument names; return the exit code."""
    multiprocessing.freeze_support()
    arguments = sys.argv[1:]
    if arguments and arguments[0] in COMMANDS:
        from gradlab.cli.main import main as run_command

        return run_command(arguments)
    from gradlab.window.app import main as open_window

    return open_window(arguments)


if __name__ == "__main__":
    sys.exit(main())
