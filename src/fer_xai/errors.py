"""The one exception that means: what was given cannot be used, and here is what to do."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

_LONGEST, _END, _QUOTED = 1000, 300, 300


class InputError(ValueError):
    """Raised for input a person can mend: says what was received and what to do, in one line.

    The command line prints it without a traceback and exits with code 2.
    """

    def __init__(self, message: object) -> None:
        super().__init__(clear_line(str(message)))


def clear_line(text: str) -> str:
    """A text as one line that a terminal can be given, whatever stands in it.

    What would command a terminal is replaced; of what is very long, only the beginning and the end are told.
    """
    line = "".join(c if c.isprintable() else "\ufffd" for c in " ".join(text.split()))
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - _END - 3]} … {line[-_END:]}"


def unknown(what: str, name: object, known: Iterable[str]) -> InputError:
    """The refusal of a name that does not exist: the nearest that does, and all that do."""
    names = list(known)
    alike = [known for known in names if _bare(known) == _bare(str(name))]
    begun = [known for known in names if name and known.startswith(str(name))]
    near = alike or begun or get_close_matches(str(name), names, n=1)
    meant = f"did you mean {near[0]!r}? " if near else ""
    return InputError(f"unknown {what} {name!r}; {meant}known are {', '.join(names) or 'none'}")


def _bare(name: str) -> str:
    return name.casefold().replace("+", "plus").translate({ord(letter): None for letter in "-_ "})


def first_line(error: BaseException) -> str:
    """The first line of what an error says, cut where it is very long, or its kind where it says nothing."""
    line = next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
    return line if len(line) <= _QUOTED else f"{line[: _QUOTED - 1]}…"
