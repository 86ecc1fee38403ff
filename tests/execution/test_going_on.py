"""A job that is cut anywhere and gone on with writes each step once, and its record is that of a job that ran in one go (P3, F41)."""

from __future__ import annotations

import random
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from runner.events import WriteIntended
from runner.states import HostStatus
from tests.execution.parts import Cut, Parts

PLAYBOOK = """
- name: first
  hosts: all
  batch_size: 1
  tasks:
    - {name: look, commands: show clock}
    - name: clear
      commands: clear counters
      register: cleared
      on_result: [{parse: {with: regex, pattern: "output of (?P<what>.+)", register: parsed_it}}]
    - {name: fact, set_fact: {word: "{{ cleared.output | length }}-{{ parsed_it[0].what }}"}}
    - {name: several, commands: "clear {{ item }}", loop: [a, b, c], when: item != 'b'}
    - {name: use, commands: "show {{ word }}"}
- name: second
  hosts: all
  batch_size: 1
  tasks:
    - {name: last, commands: clear last, when: number == 1}
    - {name: say, debug: "{{ number }}"}
"""

WRITES = {"r1": ["clear counters", "clear a", "clear c", "clear last"], "r2": ["clear counters", "clear a", "clear c"]}


def command_of(intent: WriteIntended) -> str:
    """What a step of the playbook sends."""
    return {"clear": "clear counters", "last": "clear last"}.get(intent.task, f"clear {intent.item}")


def writes(job: Parts) -> dict[str, list[str]]:
    return {host: [line for line in lines if line.startswith("clear")] for host, lines in job.sent.items()}


@cache
def in_one_go(folder: Path) -> tuple[int, dict[str, Any]]:
    job = Parts(folder, PLAYBOOK, hosts=2)
    assert job.run() and writes(job) == WRITES
    return len(job.events), job.document()


def without_results(document: dict[str, Any]) -> Any:
    """What is left of a record where a person had to say that something was done: its output is lost."""
    return {name: [(task["name"], task["status"], task["changed"]) for task in host["tasks"]] for name, host in document["results"].items()}


def counted(lines: dict[str, list[str]]) -> dict[str, Counter[str]]:
    return {host: Counter(each) for host, each in lines.items()}


def assert_told_what_is_gone(job: Parts, host: str) -> None:
    """Later tasks want what a write gave of which a person had to say that it was done: a clear error, and nothing is written twice."""
    with job.record() as record:
        turn = record.hosts[host].deciding
    assert turn is not None and turn.status is HostStatus.FAILED and "what the device answered is not known" in turn.reason
    assert counted(writes(job))[host] == Counter(["clear counters"])


def finished(job: Parts) -> bool:
    """Go on once more, a person having looked at what is in doubt."""
    return job.run(verdicts=job.truth(command_of))


@pytest.mark.parametrize("when", ["before", "after"])
def test_f41_a_job_cut_at_every_event(tmp_path: Path, when: str) -> None:
    events, whole = in_one_go(tmp_path)
    doubtful = 0
    for number in range(events):
        job = Parts(tmp_path, PLAYBOOK, hosts=2)
        assert not job.run((when, number))
        doubt = job.doubts()
        doubtful += len(doubt)
        assert finished(job), number
        document = job.document()
        if doubt and when == "before" and command_of(doubt[0]) == "clear counters":
            assert_told_what_is_gone(job, doubt[0].host)
            continue
        assert counted(writes(job)) == counted(WRITES), (when, number)
        assert without_results(document) == without_results(whole), (when, number)
        if not doubt:
            assert document == whole, (when, number)
    assert doubtful == sum(map(len, WRITES.values()))


@pytest.mark.parametrize("seed", range(12))
def test_a_job_cut_again_and_again(tmp_path: Path, seed: int) -> None:
    events, whole = in_one_go(tmp_path)
    chance, job = random.Random(seed), Parts(tmp_path, PLAYBOOK, hosts=2)  # noqa: S311  # to be repeated, not to be secret
    lost = False  # what the first write gave, which later tasks want
    for _ in range(6):
        cut: Cut = (chance.choice(["before", "after"]), chance.randrange(events // 4))
        verdicts = job.truth(command_of) if job.events else {}
        lost |= any(command_of(each) == "clear counters" for each in (job.doubts() if job.events else ()))
        if job.run(cut, verdicts):
            break
    lost |= any(command_of(each) == "clear counters" for each in job.doubts())
    assert finished(job)
    assert all(count == 1 for counts in counted(writes(job)).values() for count in counts.values())
    if not lost:
        assert counted(writes(job)) == counted(WRITES)
        assert without_results(job.document()) == without_results(whole)
