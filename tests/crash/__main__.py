"""The crash suite by itself: `python -m tests.crash --seeds 1000`, or `--seed 17` for one alone, with its story."""

from __future__ import annotations

import argparse
import sys

from tests.crash.suite import run, summary, told


def main() -> int:
    """0 when nothing was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1000, help="how many, from 1 on")
    parser.add_argument("--seed", type=int, action="append", help="only this one; may be given more than once")
    parser.add_argument("--keep", metavar="FOLDER", help="where what a seed left behind stays")
    options = parser.parse_args()
    seeds = options.seed or range(1, options.seeds + 1)
    outcomes = []
    for outcome in run(seeds, keep=options.keep):
        outcomes.append(outcome)
        if outcome.findings or options.seed:
            sys.stdout.write(told(outcome) + "\n")
        elif len(outcomes) % 50 == 0:
            sys.stdout.write(f"{len(outcomes)} of {len(seeds)} seeds\n")
        sys.stdout.flush()
    sys.stdout.write(summary(outcomes) + "\n")
    return 1 if any(outcome.findings for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
