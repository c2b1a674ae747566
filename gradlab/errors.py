class InputError(ValueError):
    """Invalid input: one clear line for people to read, which names it and what is allowed.

    The command line prints it and exits with 2; the window shows it beside the field.

    Attributes:
        key: dotted name of the setting at fault (``optimizer.lr``), empty if there is none.
        of_value: whether no value like this one is ever allowed there, whatever the other settings are.
    """

    def __init__(self, message: str, key: str = "", *, of_value: bool = False) -> None:
        super().__init__(message)
        self.key = key
        self.of_value = of_value
