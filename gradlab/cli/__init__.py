"""The command line: one module per command. The second consumer of the training events."""
