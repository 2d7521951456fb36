"""What every command shares: how much it tells, and what a person sees when it cannot be done."""

from __future__ import annotations

import contextlib
import errno
import functools
import inspect
import os
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from typing import Annotated, Any, NoReturn, get_type_hints

import typer
from typer.core import TyperGroup

from fer_xai.cli import loudness
from fer_xai.cli.options import TELLING
from fer_xai.errors import InputError, clear_line

# Exit codes; the last two are what a shell says of a program that a signal ends.
UNEXPECTED, REFUSED, STOPPED, PIPE_CLOSED = 1, 2, 130, 141
RESUMABLE = ("report", "compare", "train")
# What the system refuses and a person can mend.
SYSTEM = {
    errno.ENOSPC: "the disk is full: make room",
    errno.EDQUOT: "the quota is used up: make room",
    errno.EFBIG: "the file would be larger than is allowed",
    errno.EROFS: "this is read-only: choose another place",
    errno.EACCES: "this is not permitted: choose another place",
    errno.EPERM: "this is not permitted: choose another place",
    errno.EMFILE: "too many files are open: raise the limit (ulimit -n)",
    errno.ENAMETOOLONG: "the name is too long: give a shorter one",
    errno.ELOOP: "the link leads around in a circle: name the place itself",
    errno.ENOTDIR: "a part of this path is no folder: name one that is",
    errno.EISDIR: "this is a folder: name a file",
    errno.EIO: "the disk cannot read or write this",
}

Quiet = Annotated[
    bool,
    typer.Option(
        "--quiet",
        "-q",
        help="No progress and no remarks: only the result, and what goes wrong.",
        rich_help_panel=TELLING,
    ),
]
Verbose = Annotated[
    bool,
    typer.Option(
        "--verbose",
        "-v",
        help="Say what is opened and how long it took; show where an error arose.",
        rich_help_panel=TELLING,
    ),
]


def one_line(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command ``--quiet`` and ``--verbose``, and turn what stops it into one line on stderr and an exit code."""

    @functools.wraps(command)
    def wrapped(*args: Any, quiet: bool = False, verbose: bool = False, **kwargs: Any) -> Any:
        start = time.monotonic()
        try:
            loudness.choose(quiet, verbose)
            answer = command(*args, **kwargs)
        except InputError as error:
            if loudness.chosen() is loudness.Loudness.VERBOSE:
                traceback.print_exc()
            tell(str(error))
            raise typer.Exit(REFUSED) from error
        except OSError as error:
            if error.errno not in SYSTEM:
                raise
            tell(f"{SYSTEM[error.errno]}: {error.filename or 'a file'} ({error.strerror}){_again(command)}")
            raise typer.Exit(REFUSED) from error
        except KeyboardInterrupt as error:
            again = _again(command)
            tell(f"stopped{again}")
            raise typer.Exit(STOPPED) from error
        except Exception as error:
            # TensorFlow's own import turns Ctrl-C into an error of another kind.
            if not _interrupted(error):
                raise
            tell("stopped")
            raise typer.Exit(STOPPED) from error
        loudness.say_what_was_kept()
        loudness.detail(f"done in {time.monotonic() - start:.1f} s")
        return answer

    signature = inspect.signature(command, eval_str=True)
    loud = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=False, annotation=kind)
        for name, kind in (("quiet", Quiet), ("verbose", Verbose))
    ]
    wrapped.__signature__ = signature.replace(parameters=[*signature.parameters.values(), *loud])  # type: ignore[attr-defined]
    return wrapped


def _again(command: Callable[..., Any]) -> str:
    return "; the same command goes on from there" if command.__name__ in RESUMABLE else ""


def _interrupted(error: BaseException | None) -> bool:
    """Whether an error arose from Ctrl-C."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None


class Commands(TyperGroup):
    """The commands; a wrong option is told in one line, as any other mistake."""

    def main(self, args: Sequence[str] | None = None, standalone_mode: bool = True, **extra: Any) -> Any:  # type: ignore[override]
        """Run, and exit with the command's code."""
        try:
            _refuse_other_than_utf_8(sys.argv[1:] if args is None else args)
            code = super().main(args, standalone_mode=False, **extra)
        except SystemExit as error:
            # Typer and rich both exit with 1 where nobody reads stdout any more.
            if isinstance(error.__context__, BrokenPipeError):
                silence_stdout()
                error.code = PIPE_CLOSED
            raise
        except Exception as error:
            message = getattr(error, "format_message", None)
            if message is None:
                raise
            # Without arguments the help was printed already, and nothing is left to say.
            if text := message().strip():
                context = getattr(error, "ctx", None)
                stop = "" if text[-1] in ".?!)" else "."
                hint = _method_option(error)
                tell(f"{text}{stop}{hint} See {context.command_path} --help." if context else text)
            code = getattr(error, "exit_code", REFUSED)
        if standalone_mode:
            sys.exit(code or 0)
        return code


def _method_option(error: Exception) -> str:
    """How to give what was typed as if it were an option of the command, and is one of a method; else nothing."""
    name, context = str(getattr(error, "option_name", "")).lstrip("-"), getattr(error, "ctx", None)
    if not name or context is None or not any(param.name == "option" for param in context.command.params):
        return ""
    from fer_xai.explainers.registry import explainer_classes

    methods = [method for method, cls in explainer_classes().items() if name in get_type_hints(cls)]
    key = name if context.command.name == "explain" else f"{methods[0]}.{name}" if methods else ""
    return f" A method's own option is given as --option {key}=VALUE." if methods else ""


def _refuse_other_than_utf_8(args: Sequence[str]) -> None:
    """Refuse names that no page and no table could hold, before hours of work end in writing them."""
    for word in args:
        if any("\ud800" <= letter <= "\udfff" for letter in word):
            told = word.encode("utf-8", "backslashreplace").decode()
            tell(f"{told} is not UTF-8: rename it, or name the folder that it lies in")
            sys.exit(REFUSED)


def tell(message: str) -> None:
    """Print one line on stderr."""
    print(f"fer-xai: {clear_line(message)}", file=sys.stderr)


def leave(code: int) -> NoReturn:
    """End the process at once: all blocks are left by now, and TensorFlow takes seconds to take itself apart."""
    with contextlib.suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def silence_stdout() -> None:
    """Let what is still to be written go nowhere, since nobody reads it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
