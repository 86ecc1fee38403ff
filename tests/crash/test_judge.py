"""The judge of the crash suite sees what it is there for: after a job without fault, each kind of lie is told once on purpose."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Connection, Executable, delete, insert, update

from runner.lab import Fleet
from runner.store import tables
from runner.store.rebuilding import rebuild
from runner.store.store import Store
from tests.crash.forks import Forks
from tests.crash.judge import Verdict, judge
from tests.crash.scenario import STEPS, Scenario
from tests.lab.client import netmiko, raw
from tests.project import Project
from tests.user.waiting import until


@dataclass(frozen=True, kw_only=True)
class Done:
    """A job that has ended well."""

    scenario: Scenario
    fleet: Fleet
    file: Path

    def judged(self, fleet: Fleet | None = None) -> Verdict:
        return judge(self.scenario, fleet or self.fleet, self.file)

    def forge(self, change: Callable[[Connection], object], *, anew: bool = False) -> None:
        """Change the store; with `anew` the cache follows."""
        with Store.at(str(self.file), create=False) as store:
            store.writer.run(change)
            if anew:
                rebuild(store)


@pytest.fixture
def done(project: Project, forks: Forks) -> Iterator[Done]:
    scenario = Scenario.of(2, random.Random(2))  # noqa: S311 - the same for everybody
    assert not scenario.refusing
    with Fleet(scenario.devices) as fleet:
        scenario.write(fleet, project.folder)
        environment = project.environment({"XDG_STATE_HOME": str(project.folder / "state")})
        child = forks.start(["run", "p.yaml", "--yes", "-b", "2"], project.folder, environment, project.folder / "output")
        assert child.ended(60) and child.code == 0 and fleet.wait_idle()
        job = Done(scenario=scenario, fleet=fleet, file=project.folder / "state" / "nornir-playbook" / "jobs.db")
        assert job.judged().findings == ()
        yield job


def test_a_line_that_came_twice(done: Done) -> None:
    with netmiko(done.fleet, "r1") as connection:
        connection.send_config_set([STEPS[0].lines("cisco_ios")[-1]])
    assert done.fleet.wait_idle()
    verdict = done.judged()
    assert len(verdict.doubles) == 2 and verdict.findings == (*verdict.doubles,)


def test_a_host_that_is_changed_and_got_nothing(done: Done) -> None:
    with Fleet(done.scenario.devices) as other:
        assert len(done.judged(other).untrue) >= len(done.scenario.devices) * len(STEPS)


@pytest.mark.parametrize("kind", ["write_ended", "write_intended"])
def test_an_event_that_is_gone(done: Done, kind: str) -> None:
    event = tables.event.c
    done.forge(lambda connection: connection.execute(delete(tables.event).where(event.kind == kind, event.host == "r1")), anew=True)
    verdict = done.judged()
    assert verdict.untrue and all(text.startswith("r1") for text in verdict.untrue) and not verdict.store


FORGED = [
    pytest.param(lambda: update(tables.turn).where(tables.turn.c.host == "r1").values(status="ok"), id="a state"),
    pytest.param(lambda: update(tables.job).values(status="failed"), id="a job's state"),
    pytest.param(
        lambda: insert(tables.owner).values(id="x", machine="m", boot="b", pids="p", pid=1, until_monotonic=0, until_wall=0), id="an owner"
    ),
]


@pytest.mark.parametrize("statement", FORGED)
def test_a_cache_that_lies_and_things_left_behind(done: Done, statement: Callable[[], Executable]) -> None:
    done.forge(lambda connection: connection.execute(statement()))
    assert done.judged().store


def test_a_session_that_is_left(done: Done) -> None:
    with raw(done.fleet, "r1"):
        until(lambda: done.fleet.counters().live == 1, "the device has accepted it")
        assert done.judged().sessions
    assert done.fleet.wait_idle()
