"""What every fuzzed call must end in: a clean result or one clear line, soon, with nothing left lying about.

How many cases are tried is one number: ``FER_XAI_FUZZ`` multiplies it (`make fuzz` sets it); without it, few cases are
tried, the same ones each time, so that `make test` stays quick and repeatable.
"""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, settings

from fer_xai.errors import InputError

T = TypeVar("T")
TIMES = int(os.environ.get("FER_XAI_FUZZ", "1"))
SECONDS, BUSY = 10, 6
LONGEST_LINE = 1000
COUNTS: Counter[tuple[str, str]] = Counter()


def cases(few: int) -> Callable[[T], T]:
    """So many cases in `make test`; ``FER_XAI_FUZZ`` times as many, drawn anew each time, in `make fuzz`."""
    return settings(
        max_examples=few * TIMES,
        derandomize=TIMES == 1,
        database=None,
        deadline=None,
        phases=(Phase.explicit, Phase.generate, Phase.shrink) if TIMES > 1 else (Phase.explicit, Phase.generate),
        # Files are written anew by each case, into the folder that the test function was given.
        suppress_health_check=list(HealthCheck),
    )


def tried(kind: str, call: Callable[[], Any], folder: Path | None = None) -> str:
    """Run one case and count it: ``clean`` or ``refused``; whatever else happens is a defect, and raised.

    Parameters
    ----------
    kind : str
        The class of input, as the table of promises calls it.
    call : callable
    folder : Path, optional
        Where nothing may appear or vanish.
    """
    before = listing(folder)
    start, worked = time.monotonic(), time.process_time()
    try:
        call()
        ended = "clean"
    except InputError as error:
        check_line(str(error))
        ended = "refused"
    # A busy machine may take long over little work; what hangs works on, or sleeps.
    assert time.process_time() - worked < SECONDS, f"{kind}: {time.process_time() - worked:.1f} s of work"
    assert time.monotonic() - start < BUSY * SECONDS, f"{kind}: {time.monotonic() - start:.1f} s"
    assert listing(folder) == before, f"{kind}: something was written or removed"
    COUNTS[kind, ended] += 1
    return ended


def check_line(told: str) -> None:
    """One line that a person can read."""
    assert told.strip(), "a refusal that says nothing"
    assert "\n" not in told, f"more than one line: {told[:300]!r}"
    assert len(told) <= LONGEST_LINE, f"a line of {len(told)} characters: {told[:300]!r}…"


def listing(folder: Path | None) -> list[str]:
    """Every path below a folder."""
    return [] if folder is None else sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def write_counts(path: Path) -> None:
    """How many cases of each class were tried, and how they ended, as JSON."""
    kinds = sorted({kind for kind, _ in COUNTS})
    rows = {kind: {ended: COUNTS[kind, ended] for ended in ("clean", "refused")} for kind in kinds}
    path.write_text(json.dumps({"cases": sum(COUNTS.values()), "kinds": rows}, indent=1))
