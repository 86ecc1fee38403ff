"""What a plan says of writing: which steps, through what, on which platforms, with whose answer; and it says so to people."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.planning.describe import as_lines
from runner.planning.plan_json import as_json
from tests.planning.plugins import problems, pushed, registries


def shown(folder: Path, playbook: str, *, every_host: bool = False) -> str:
    return "\n".join(as_lines(pushed(folder, playbook), registries(), every_host=every_host))


def test_the_plan_shows_what_writes_and_to_how_many(tmp_path: Path) -> None:
    play = "- hosts: r1,r2\n  tasks:\n    - {name: Look, commands: show clock}\n    - {name: Push, push: {lines: [a, 'b {{ area }}']}}\n"
    text = shown(tmp_path, play)
    assert "writes to 2 devices" in text and "task 2: Push [push]  writes: push (2 lines)" in text
    assert "task 1: Look [commands]\n" in text and "only reads" not in text
    assert "b 0" in text and "b 1" in text


def test_what_is_shown_as_a_line_is_not_shown_again(tmp_path: Path) -> None:
    config = "config: {lines: ntp server 192.0.2.1, parents: vrf x, save: never}"
    assert shown(tmp_path, f"- hosts: r1\n  tasks: [{{{config}}}]\n").splitlines()[3:] == [
        "play 1",
        "  batch 1:   1  r1",
        "  task 1: config [config]  writes: config (2 lines)",
        "      vrf x",
        "      ntp server 192.0.2.1",
        "      (save: never)",
    ]


def test_long_lists_are_shown_whole_only_when_asked_for(tmp_path: Path) -> None:
    play = f"- hosts: r1,r2\n  tasks: [{{push: {{lines: {[f'line {number}' for number in range(30)]}}}}}]\n"
    assert "more lines; -v shows them all" in shown(tmp_path, play) and "line 29" not in shown(tmp_path, play)
    assert "line 29" in shown(tmp_path, play, every_host=True)


def test_json_says_which_steps_write_and_why(tmp_path: Path) -> None:
    play = "- hosts: r1,r2\n  tasks: [{push: {lines: [a]}, when: host.name == 'r1'}, {commands: reload, when: host.name == 'r1'}]\n"
    written = as_json(pushed(tmp_path, play), registries())
    assert written["writes_to"] == ["r1"]
    push, reload_ = written["plays"][0]["tasks"]
    assert (
        push["writes"] and push["steps"]["r1"]["writes"] == "push changes the device" and push["steps"]["r1"]["rounds"][0]["lines"] == ["a"]
    )
    assert "writes" not in push["steps"]["r2"]
    assert "'reload' is not a read-only command" in reload_["steps"]["r1"]["writes"]


LATE = [
    ("what it sends", "{commands: '{{ x.output }}'}", True),
    ("one of its commands", "{commands: [show clock, '{{ x.output }}']}", True),
    ("an argument of a command that shows", "{commands: 'show ip route {{ x.output }}'}", False),
    ("an action that always writes", "{push: {lines: ['{{ x.output }}']}}", True),
    ("arguments of no shape yet", "{push: {lines: '{{ x.lines }}'}}", True),
    ("an action without a device", "{debug: '{{ x.output }}'}", False),
]


@pytest.mark.parametrize(("task", "writes"), [row[1:] for row in LATE], ids=[row[0] for row in LATE])
def test_a_step_that_waits_for_a_result_counts_as_writing_where_it_could(tmp_path: Path, task: str, writes: bool) -> None:
    made = pushed(tmp_path, f"- hosts: r1\n  tasks: [{{commands: show clock, register: x}}, {task}]\n")
    assert bool(made.plays[0].tasks[1].steps["r1"].writes) is writes


def test_an_unguarded_connection_is_marked_and_counts_as_a_session(tmp_path: Path) -> None:
    play = "- hosts: r1,r2\n  tasks: [{push: {lines: [a], through: napalm}}]\n"
    made = pushed(tmp_path, play)
    task = made.plays[0].tasks[0]
    assert task.connection == "napalm" and not task.needs_session and made.ceiling == 2
    assert not made.plays[0].needs_session("r1") and made.plays[0].talks("r1")
    assert "unguarded: napalm" in shown(tmp_path, play)
    assert as_json(made, registries())["plays"][0]["tasks"][0]["unguarded"] is True


def test_a_task_without_a_connection_opens_no_session(tmp_path: Path) -> None:
    assert pushed(tmp_path, "- hosts: r1\n  tasks: [{push: {lines: [a], through: ''}}, {debug: x}]\n").ceiling == 0


def test_one_host_has_one_kind_of_connection_in_a_play(tmp_path: Path) -> None:
    play = "- hosts: r1,r2\n  tasks:\n    - {name: Look, commands: show clock}\n    - {push: {lines: [a], through: napalm}}\n"
    [found] = problems(tmp_path, play)
    assert found.startswith("x.yaml:4 the host would be talked to through 'napalm', but the task 'Look' talks through 'netmiko' | ")
    spared = play.replace("show clock}", "show clock, when: host.name == 'r1'}").replace("napalm}}", "napalm}, when: host.name == 'r2'}")
    assert pushed(tmp_path, spared).ceiling == 2


def test_one_task_has_one_kind_of_connection(tmp_path: Path) -> None:
    [found] = problems(tmp_path, "- hosts: r1,r2\n  tasks: [{push: {lines: [a], through: 'via{{ area }}'}}]\n")
    assert found.startswith("x.yaml:2 the task talks through several kinds of connection: 'via0', 'via1' | ")


def test_f20d_what_a_platform_cannot_do_is_told_before_anything_is_touched(tmp_path: Path) -> None:
    [found] = problems(tmp_path, "- hosts: all\n  tasks: [{push: {lines: [a]}}]\n")
    assert found.startswith("x.yaml:2 linux cannot be pushed to, for x1")
    assert pushed(tmp_path, "- hosts: all\n  tasks: [{push: {lines: [a]}, when: host.platform != 'linux'}]\n").written_hosts == ("r1", "r2")


def test_f20b_an_empty_list_of_commands_is_told_before_anything_is_touched(tmp_path: Path) -> None:
    [found] = problems(tmp_path, "- hosts: r1\n  tasks: [{commands: []}]\n")
    assert found.startswith("x.yaml:2 ") and "empty" in found


def test_f19_a_command_that_would_be_two_is_told_before_anything_is_touched(tmp_path: Path) -> None:
    [found] = problems(tmp_path, "- hosts: r1\n  vars: {x: \"a\\nreload\"}\n  tasks: [{commands: 'show {{ x }}'}]\n")
    assert "newline" in found


def test_a_question_to_a_person_needs_one(tmp_path: Path) -> None:
    play = "- hosts: r1\n  tasks: [{push: {lines: [a], ask: true}}]\n"
    assert pushed(tmp_path, play)
    [found] = problems(tmp_path, play, can_ask=False)
    assert found.startswith("x.yaml:2 'push' waits for the answer of a person, and there is no terminal | ")
