"""Runs seeds of the crash suite side by side, in one process more than there are cores, and says what came of them."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import tempfile
import traceback
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from tests.crash.forks import Forks
from tests.crash.ordeal import Outcome, suffer

_forks: Forks | None = None


def run(seeds: Iterable[int], *, workers: int | None = None, keep: str | None = None) -> Iterator[Outcome]:
    """The outcome of each seed, as they come."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(workers or (os.cpu_count() or 2) + 1, initializer=_begin) as pool:
        yield from pool.imap_unordered(_one, [(seed, keep) for seed in seeds])


def told(outcome: Outcome) -> str:
    """A seed in words."""
    lines = [f"seed {outcome.seed}: {outcome.kills} kills in {outcome.seconds:.1f} s; {'; '.join(outcome.story)}"]
    lines += [f"  {finding}" for finding in outcome.findings]
    if outcome.findings:
        lines.append(f"  again: python -m tests.crash --seed {outcome.seed} --keep FOLDER")
    return "\n".join(lines)


def summary(outcomes: Sequence[Outcome]) -> str:
    """All of them in a line."""
    verdicts = [outcome.verdict for outcome in outcomes]
    others = sum(len(outcome.problems) + len(outcome.verdict.store) + len(outcome.verdict.sessions) for outcome in outcomes)
    return (
        f"{len(outcomes)} seeds: {sum(outcome.kills for outcome in outcomes)} kills, "
        f"{sum(len(verdict.doubles) for verdict in verdicts)} double pushes, "
        f"{sum(len(verdict.untrue) for verdict in verdicts)} untrue records, "
        f"{sum(verdict.in_doubt for verdict in verdicts)} hosts in doubt, {others} other findings"
    )


def _begin() -> None:
    global _forks
    _forks = Forks().__enter__()  # it ends with this process, whose end closes its input


def _one(job: tuple[int, str | None]) -> Outcome:
    seed, keep = job
    assert _forks is not None
    folder = Path(tempfile.mkdtemp(prefix=f"crash-{seed}-", dir=keep))
    try:
        return suffer(seed, folder, _forks)
    except Exception:
        return Outcome(seed=seed, problems=[traceback.format_exc()])
    finally:
        if keep is None:
            shutil.rmtree(folder, ignore_errors=True)
