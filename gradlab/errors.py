class InputError(ValueError):
    """Invalid input: one clear line for people to read, which names it and what is allowed.

    The command line prints it and exits with 2; the window shows it beside the field.

    Attributes:
        key: dotted name of the setting at fault (``optimizer.lr``), empty if there is none.
    """

    def __init__(self, message: str, key: str = "") -> None:
        super().__init__(message)
        self.key = key
