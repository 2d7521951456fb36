"""The one exception that means: what was given cannot be used, and here is what to do."""


class InputError(ValueError):
    """Raised for input a person can mend: says what was received and what to do, in one line.

    The command line prints it without a traceback and exits with code 2.
    """
