"""What every command shares: how much it tells, and what a person sees when it cannot be done."""

from __future__ import annotations

import functools
import inspect
import os
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from fer_xai.cli import loudness
from fer_xai.cli.options import TELLING
from fer_xai.errors import InputError

# Exit codes; the last two are what a shell says of a program that a signal ends.
UNEXPECTED, REFUSED, STOPPED, PIPE_CLOSED = 1, 2, 130, 141
RESUMABLE = ("report", "compare", "train")

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
        except KeyboardInterrupt as error:
            again = "; the same command goes on from there" if command.__name__ in RESUMABLE else ""
            tell(f"stopped{again}")
            raise typer.Exit(STOPPED) from error
        except Exception as error:
            # TensorFlow's own import turns Ctrl-C into an error of another kind.
            if not _interrupted(error):
                raise
            tell("stopped")
            raise typer.Exit(STOPPED) from error
        loudness.detail(f"done in {time.monotonic() - start:.1f} s")
        return answer

    signature = inspect.signature(command, eval_str=True)
    loud = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=False, annotation=kind)
        for name, kind in (("quiet", Quiet), ("verbose", Verbose))
    ]
    wrapped.__signature__ = signature.replace(parameters=[*signature.parameters.values(), *loud])  # type: ignore[attr-defined]
    return wrapped


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
                tell(f"{text}{stop} See {context.command_path} --help." if context else text)
            code = getattr(error, "exit_code", REFUSED)
        if standalone_mode:
            sys.exit(code or 0)
        return code


def tell(message: str) -> None:
    """Print one line on stderr."""
    print(f"fer-xai: {' '.join(message.split())}", file=sys.stderr)


def silence_stdout() -> None:
    """Let what is still to be written go nowhere, since nobody reads it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
