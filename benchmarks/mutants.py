"""Would the tests notice a mistake? Small mistakes are made in ``facs`` and ``evaluation``, one at a time, at random.

    pip install mutmut
    python benchmarks/mutants.py [--count 400] [--seed 0] [--children 2]

mutmut makes all mutants (some ten thousand) below ``mutants/``; a random sample of them is tried, each by the tests
that reach it. Prints how many were killed, with the 95 % Wilson interval, and the survivors with what they change. What
is tried is set in ``pyproject.toml``; what was found stands in ``docs/promises.rst``.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys

from scipy.stats import binomtest

KILLED = ("killed", "timeout", "suspicious", "segfault")
FIRST = "fer_xai.facs.moments.*enough*"  # any: the first run makes the mutants and learns which test reaches what


def mutmut(*arguments: str) -> str:
    """Run mutmut and return what it prints."""
    return subprocess.run([sys.executable, "-m", "mutmut", *arguments], capture_output=True, text=True).stdout


def results() -> dict[str, str]:
    """What became of each mutant, by name."""
    lines = (line.strip().partition(": ") for line in mutmut("results", "--all", "true").splitlines())
    return {name: state for name, colon, state in lines if colon}


def main() -> None:
    """Try a sample and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--children", default="2")
    options = parser.parse_args()
    mutmut("run", "--max-children", options.children, FIRST)
    names = sorted(results())
    sample = random.Random(options.seed).sample(names, min(options.count, len(names)))
    mutmut("run", "--max-children", options.children, *sample)
    found = results()
    tried = {name: found[name] for name in sample if found[name] != "not checked"}
    killed = sum(state in KILLED for state in tried.values())
    interval = binomtest(killed, len(tried)).proportion_ci(method="wilson")
    print(f"{killed} of {len(tried)} killed ({killed / len(tried):.1%}; {interval.low:.1%} to {interval.high:.1%})")
    print(f"a sample of {len(names):,} mutants, seed {options.seed}\n")
    for name, state in tried.items():
        if state not in KILLED:
            changed = [
                line
                for line in mutmut("show", name).splitlines()
                if line[:1] in "+-" and line[:3] not in ("+++", "---")
            ]
            print(f"{state}: {name}", *changed, sep="\n    ")


if __name__ == "__main__":
    main()
