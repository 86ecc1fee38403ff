"""Two jobs compared: host by host, equal changes together, and what only one of them has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from runner.contracts import CommandResult
from runner.events import TaskFinished
from runner.journal.comparing import Comparison, changed, compare, differing
from runner.journal.record import JobRecord
from runner.journal.volatile import masking
from runner.states import TaskStatus
from tests.journal import story

MASK = masking()


RECORDS: list[JobRecord] = []


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    while RECORDS:
        RECORDS.pop().close()


def job(outputs: Mapping[str, str | None], *, task: str = "routes", command: str = "show ip route", index: int = 0) -> JobRecord:
    record = story.record_of(tuple(outputs))
    RECORDS.append(record)
    for host, output in outputs.items():
        if output is not None:
            record.apply(
                TaskFinished(
                    host=host,
                    play=story.PLAY,
                    batch_number=1,
                    index=index,
                    name=task,
                    action="commands",
                    status=TaskStatus.OK,
                    results=(CommandResult(command=command, output=output),),
                )
            )
    return record


def compared(before: Mapping[str, str | None], after: Mapping[str, str | None]) -> tuple[Comparison, JobRecord, JobRecord]:
    old, new = job(before), job(after)
    return compare(old, new, MASK, by_task=True), old, new


def test_equal_changes_are_together_and_the_rarest_comes_first() -> None:
    before = {f"r{number}": f"hostname r{number}\nvia 10.0.0.1\nage 00:00:0{number}" for number in range(1, 7)}
    after = {name: text.replace("10.0.0.1", "10.0.0.2") for name, text in before.items()}
    after["r3"] = before["r3"].replace("10.0.0.1", "10.0.0.9")
    after["r6"] = before["r6"].replace("00:00:06", "00:09:01")
    found, old, new = compared(before, after)
    [routes] = found.commands
    assert routes.same == ["r6"] and found.differs
    assert [change.hosts for change in routes.changes] == [["r3"], ["r1", "r2", "r4", "r5"]]
    lines = [*changed(old, routes.changes[0].before, new, routes.changes[0].after, MASK)]
    assert lines == [" hostname r3", "-via 10.0.0.1", "+via 10.0.0.9", " age <time>"]


def test_a_change_in_which_only_the_own_name_differs_is_one_change() -> None:
    found, _, _ = compared({"r1": "a", "r2": "a", "r22": "a"}, {name: f"hostname {name}" for name in ("r1", "r2", "r22")})
    assert [change.hosts for change in found.commands[0].changes] == [["r1", "r2", "r22"]]


def test_what_only_one_job_has_is_a_difference() -> None:
    found, _, _ = compared({"r1": "x", "r2": "x", "r4": "x"}, {"r1": "x", "r2": None, "r3": "x", "r4": "x"})
    assert (found.only_before, found.only_after, found.differs) == ((), ("r3",), True)
    assert (found.commands[0].only_before, found.commands[0].only_after) == (["r2"], [])


def test_nothing_differs() -> None:
    found, _, _ = compared({"r1": "x 00:00:01"}, {"r1": "x 00:00:02"})
    assert not found.differs


def test_tasks_count_only_within_one_playbook() -> None:
    one, other = job({"r1": "x"}, task="before"), job({"r1": "y"}, task="after")
    assert compare(one, other, MASK, by_task=True).commands[0].only_before == ["r1"]
    assert [change.hosts for change in compare(one, other, MASK, by_task=False).commands[0].changes] == [["r1"]]
    assert compare(one, other, MASK, by_task=False, command="show v*").commands == ()


def test_lines_that_are_left_out_hide_no_others() -> None:
    assert [*differing(["a", "serial 1", "b"], ["a", "serial 2", "c"], masking(["serial"]))] == [" a", "-b", "+c"]
    assert [*differing(["serial 1"], [], masking(["serial"]))] == []


def test_places_that_are_apart_and_texts_that_are_long() -> None:
    old = [f"line {number}" for number in range(20_000)]
    new = [*old]
    new[100], new[19_000] = "one", "two"
    lines = [*differing(old, new, MASK)]
    assert [line for line in lines if line[0] in "+-"] == ["-line 100", "-line 19000", "+one", "+two"]
    short = [*differing(old[:200], [*old[:50], "x", *old[50:150], "y", *old[150:200]], MASK)]
    assert [line for line in short if not line.startswith(" ")] == ["+x", "...", "+y"]
