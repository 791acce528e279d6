"""The command line, in one process."""
