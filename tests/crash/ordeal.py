"""One seed of the crash suite: a job is killed at random moments, and so are the attempts to go on with it, until one is let to its end."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from runner.crash_points import POINTS, VARIABLE
from runner.lab import Fleet
from runner.states import JobStatus
from runner.store.store import Store
from tests.crash.forks import SOURCE, Forks
from tests.crash.judge import Verdict, judge
from tests.crash.scenario import Scenario

LONGEST = 60.0
"""Seconds after which a command counts as hanging."""
LINES = 150
"""About as many lines as the devices of a job receive."""
_KILLED = (-signal.SIGKILL, -signal.SIGTERM)
IDLE = 5.0
"""Seconds within which the sessions of a killed process are gone from the devices."""


@dataclass(kw_only=True)
class Outcome:
    """What became of a seed. `story` has its kills; `problems` are what is wrong beside the judge's findings."""

    seed: int
    kills: int = 0
    seconds: float = 0.0
    story: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    verdict: Verdict = field(default_factory=Verdict)

    @property
    def findings(self) -> tuple[str, ...]:
        """Everything that must not be."""
        return (*self.problems, *self.verdict.findings)


class Running(Protocol):
    """A command under way."""

    def signal(self, number: int) -> None:
        """Send it a signal; nothing where it has ended."""

    def ended(self, seconds: float) -> bool:
        """Whether it ended in so many seconds."""

    @property
    def code(self) -> int:
        """How it ended."""


class _Plain:
    """The command as a user starts it."""

    def __init__(self, arguments: Sequence[str], folder: Path, environment: dict[str, str], output: Path) -> None:
        command = [sys.executable, "-m", "runner", *arguments]
        with output.open("wb") as out, output.with_suffix(".err").open("wb") as words:
            self._process = subprocess.Popen(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=words)

    def signal(self, number: int) -> None:
        self._process.send_signal(number)

    def ended(self, seconds: float) -> bool:
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    @property
    def code(self) -> int:
        return int(self._process.returncode)


def suffer(seed: int, folder: Path, forks: Forks) -> Outcome:
    """Run one seed in an empty folder."""
    began, outcome, chance = time.monotonic(), Outcome(seed=seed), random.Random(seed)  # noqa: S311 - the same again for the same seed
    scenario = Scenario.of(seed, chance)
    with Fleet(scenario.devices) as fleet:
        scenario.write(fleet, folder)
        _Ordeal(scenario, fleet, folder, forks, chance, outcome).all()
        if not outcome.problems:
            jobs = folder / "state" / "nornir-playbook" / "jobs.db"
            with Store.at(str(jobs), create=False) as store:
                store.settle()  # as every command does: a process may have died behind the job's last word
            outcome.verdict = judge(scenario, fleet, jobs)
        outcome.problems += fleet.problems()
    outcome.seconds = time.monotonic() - began
    return outcome


@dataclass(kw_only=True)
class _Kill:
    """When a process is killed: after so many more lines came to the devices and a moment more, after a time, or at a crash point.

    Before that SIGTERM may come: once for an orderly stop, twice for a cut; `gentle` leaves it at that.
    """

    what: str
    lines: int = 0
    moment: float = 0.0
    at: str = ""
    terms: int = 0
    gentle: bool = False


class _Ordeal:
    def __init__(self, scenario: Scenario, fleet: Fleet, folder: Path, forks: Forks, chance: random.Random, outcome: Outcome) -> None:
        self._scenario, self._fleet, self._folder, self._forks = scenario, fleet, folder, forks
        self._chance, self._outcome = chance, outcome
        self._jobs = folder / "state" / "nornir-playbook" / "jobs.db"

    def all(self) -> None:
        """Kills, then an end in peace."""
        for _ in range(self._chance.choice((1, 1, 2, 2, 3))):
            if not self._attempt(self._next_kill()):
                return
        self._attempt(None)

    def _next_kill(self) -> _Kill:
        chance = self._chance
        kind = chance.random()
        if kind < 0.25:
            point, nth = chance.choice(POINTS), chance.randint(1, 8)
            return _Kill(what=f"at {point}:{nth}", at=f"{point}:{nth}")
        if kind < 0.4:
            moment = chance.uniform(0.0, 2.0 if self._scenario.plain else 1.2)
            return _Kill(what=f"after {moment:.2f} s", moment=moment)
        lines, moment = chance.randint(1, LINES), chance.choice((0.0, 0.0, chance.uniform(0.0, 0.05)))
        terms, gentle = (chance.choice((1, 2)), chance.random() < 0.5) if kind > 0.8 else (0, False)
        said = f", SIGTERM {terms} times{' and no more' if gentle else ''}" if terms else ""
        return _Kill(what=f"{lines} lines and {moment:.3f} s on{said}", lines=lines, moment=moment, terms=terms, gentle=gentle)

    def _attempt(self, kill: _Kill | None) -> bool:
        """Start or go on with the job; whether there is anything left to do."""
        new = _last_job(self._jobs) is None
        arguments = ["run", "p.yaml", "--yes", "-b", str(self._scenario.batch_size)] if new else ["resume", "last", "--yes"]
        if not new and self._scenario.verify:
            arguments += ["--on-in-doubt", "verify"]
        count = self._fleet.counters().commands
        process = self._start(arguments, kill)
        if kill is not None and not kill.at:
            self._wait(process, kill, count)
            self._kill(process, kill)
        if not process.ended(LONGEST):
            process.signal(signal.SIGKILL)
            process.ended(LONGEST)
            self._problem(f"{' '.join(arguments)} does not end")
            return False
        self._note(arguments, kill, process.code)
        if not self._fleet.wait_idle(IDLE):
            self._problem(f"{self._fleet.counters().live} sessions are left at the devices")
        self._outcome.kills += process.code in _KILLED
        if process.code not in (*_KILLED, *((0, 2, 5) if kill is None else (0, 2, 5, 7))):
            self._problem(f"{' '.join(arguments)} ended with {process.code}")
            return False
        return _last_job(self._jobs) != JobStatus.COMPLETED  # one that was killed may have said its last word before

    def _kill(self, process: Running, kill: _Kill) -> None:
        for _ in range(kill.terms):
            process.signal(signal.SIGTERM)
            process.ended(self._chance.uniform(0.0, 0.3))
        if not kill.gentle:
            process.signal(signal.SIGKILL)

    def _start(self, arguments: Sequence[str], kill: _Kill | None) -> Running:
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("NORNIR_PLAYBOOK_", "XDG_"))}
        environment |= {"HOME": str(self._folder / "home"), "XDG_STATE_HOME": str(self._folder / "state"), "PYTHONPATH": str(SOURCE)}
        if kill is not None and kill.at:
            environment[VARIABLE] = kill.at
        output = self._folder / "output"
        if self._scenario.plain:
            return _Plain(arguments, self._folder, environment, output)
        return self._forks.start(arguments, self._folder, environment, output)

    def _wait(self, process: Running, kill: _Kill, count: int) -> None:
        end = time.monotonic() + LONGEST
        if kill.lines:
            wanted = count + kill.lines
            while self._fleet.counters().commands < wanted and time.monotonic() < end:
                if process.ended(0.002):
                    return
        process.ended(kill.moment)

    def _note(self, arguments: Sequence[str], kill: _Kill | None, code: int) -> None:
        self._outcome.story.append(f"{arguments[0]}{' killed ' + kill.what if kill else ''} -> {code}")

    def _problem(self, what: str) -> None:
        output = (self._folder / "output.err").read_text(errors="replace")[-1500:]
        self._outcome.problems.append(f"{what}\n{output}")


def _last_job(file: Path) -> str | None:
    """The state of the job; None where none was accepted. The file may be anything that a killed process left."""
    if not file.exists():
        return None
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        made = connection.execute("select count(*) from sqlite_master where name = 'job'").fetchone()[0]
        row = connection.execute("select status from job order by number desc").fetchone() if made else None
        return None if row is None else str(row[0])
