"""Files as people have them: what they are, and how to get what is in them without waiting for ever."""

# Of files that hold tables; the second ones may hold anything else as well.
ENDINGS_OF_TABLES = (".csv", ".tsv", ".tab", ".xlsx", ".xlsm", ".xls", ".ods")
ENDINGS_OF_TEXTS = (".txt", ".dat", ".data")
