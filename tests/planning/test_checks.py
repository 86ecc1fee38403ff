"""`verify` and `idempotent`: what a check may be is known before the run, each mistake with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.errors import InputError
from tests.planning.plugins import pushed

CHECK = "verify: {commands: show ntp, that: \"'x' in output\"}"


def play(check: str, *, task: str = "push: {lines: [ntp x]}", before: str = "") -> str:
    return f"- hosts: r1,r2\n  tasks:\n{before}    - {task}\n      {check}\n"


WRONG = [
    ("a command that writes", "verify: {commands: reload, that: a}", "4:26 'verify' may only read: 'reload' is not a read-only command"),
    ("the second of two", "verify: {commands: [show ntp, clear x], that: output}", "4:37 'verify' may only read: 'clear' is not"),
    (
        "a rendered one",
        "verify: {commands: '{{ verb }} ntp', that: output}\n      vars: {verb: no}",
        "4:26 'verify' may only read: 'no' is not",
    ),
    ("several lines", 'verify: {commands: "show a\\nreload", that: output}', "4:26 this is not one command"),
    ("an undefined name in a command", "verify: {commands: 'show {{ areas }}', that: output}", "4:26 'areas' is undefined"),
    ("an undefined name in the expression", 'verify: {commands: show ntp, that: "outputt"}', "4:42 'outputt' is undefined"),
    ("no expression", "verify: {commands: show ntp, that: 'a ='}", "4:42"),
    ("no `that`", "verify: {commands: show ntp}", "4:15 'that' is missing"),
    ("no commands", "verify: {commands: [], that: a}", "4:26"),
    ("another key", "verify: {command: show ntp, that: a}", "4:16 unknown key 'command'"),
    ("no mapping", "verify: show ntp", "4:15 'verify' must be a mapping"),
    ("a word for a truth", "idempotent: perhaps", "4:19 'idempotent'"),
]


@pytest.mark.parametrize(("check", "said"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_a_check_that_cannot_be_made(tmp_path: Path, check: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        pushed(tmp_path, play(check))
    found = [f"{each.where.line}:{each.where.column} {each.message}" for each in caught.value.problems if each.where]
    assert any(said in each for each in found), found


RIGHT = [
    ("one command", CHECK, ""),
    ("a variable of the host", "verify: {commands: 'show area {{ area }}', that: area in output}", ""),
    ("by command", "verify: {commands: [show a, show b], that: [\"outputs['show a']\", output]}", ""),
    ("the loop's value", "loop: [a, b]\n      verify: {commands: 'show {{ item }}', that: item in output}", ""),
    (
        "a result of before",
        "verify: {commands: 'show {{ x.output }}', that: x.output in output}",
        "    - {commands: show a, register: x}\n",
    ),
    ("its own result", "register: y\n      verify: {commands: show a, that: y is not defined}", ""),
    ("no more than idempotent", "idempotent: true", ""),
]


@pytest.mark.parametrize(("check", "before"), [row[1:] for row in RIGHT], ids=[row[0] for row in RIGHT])
def test_a_check_that_can_be_made(tmp_path: Path, check: str, before: str) -> None:
    plan = pushed(tmp_path, play(check, before=before))
    assert not plan.warnings
    task = plan.plays[0].tasks[-1]
    assert task.verify is not None or task.idempotent


def test_where_a_task_only_reads_they_do_nothing(tmp_path: Path) -> None:
    plan = pushed(tmp_path, play(f"{CHECK}\n      idempotent: true", task="commands: show clock"))
    assert [warning.message for warning in plan.warnings] == [
        f"'{word}' does nothing: the task only reads" for word in ("verify", "idempotent")
    ]
    assert [(where.line, where.column) for warning in plan.warnings if (where := warning.where)] == [(4, 7), (5, 7)]


def test_what_waits_for_a_result_is_not_said_to_read(tmp_path: Path) -> None:
    before = "    - {commands: show a, register: x}\n"
    assert not pushed(tmp_path, play(CHECK, task="commands: 'show {{ x.output }}'", before=before)).warnings
