"""Result handlers: for each command's result, in order, with names that end with the host's play."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from runner.contracts import Reply
from runner.events import HandlerFailed, HostFinished, TaskFinished, TextPrinted, WriteIntended
from runner.states import HostStatus, TaskStatus
from tests.execution.scenario import Scenario, lose


def says(output: str, error: str = "") -> Any:
    return lambda command: Reply(command=command, output=output, duration_seconds=0.0, error=error)


def texts(run: Scenario) -> list[str]:
    return [event.text for event in run.told(TextPrinted)]


def test_handlers_run_for_each_command_in_the_order_written(tmp_path: Path) -> None:
    run = Scenario(tmp_path).run(
        "- hosts: all\n  tasks:\n    - commands: [show clock, show users]\n      on_result:\n"
        "        - print: {msg: 'a {{ command }}'}\n        - print: {msg: 'b {{ command }}'}\n          commands: '*users'\n"
    )
    assert texts(run) == ["a show clock", "a show users", "b show users"]


def test_a_registered_name_is_the_value_of_one_and_the_list_of_several(tmp_path: Path) -> None:
    parse = "        - parse: {with: regex, pattern: '(\\d+)', register: found}\n"
    see = "        - print: {msg: 'see {{ found }}'}\n"
    run = Scenario(tmp_path, answers={"r1": {"show clock": says("1"), "show users": says("2")}})
    run.run(
        f"- hosts: all\n  tasks:\n    - commands: [show clock, show users]\n      on_result:\n{parse}{see}"
        f"    - debug: 'after {{{{ found }}}}'\n    - commands: show clock\n      on_result:\n{parse}    - debug: 'one {{{{ found }}}}'\n"
    )
    assert texts(run) == ["see ['1']", "see ['2']", "after [['1'], ['2']]", "one ['1']"]


def test_expect_fails_the_host_and_the_other_handlers_still_run(tmp_path: Path) -> None:
    run = Scenario(tmp_path, hosts=2, answers={"r1": {"show clock": says("bad")}})
    run.run(
        "- hosts: all\n  tasks:\n    - commands: show clock\n      on_result:\n        - expect: {contains: output, message: no output}\n"
        "        - save: 'out/{{ host.name }}.txt'\n    - debug: later\n"
    )
    assert [run.told(HostFinished, name)[0].status for name in ("r1", "r2")] == [HostStatus.FAILED, HostStatus.OK]
    assert run.told(HostFinished, "r1")[0].reason == "no output"
    assert (tmp_path / "out" / "r1.txt").read_text() == "bad"
    assert [event.text for event in run.told(TextPrinted, "r1")] == []


@pytest.mark.parametrize(
    ("check", "words"),
    [
        pytest.param("that: 1 == 2, message: 'broken {{ parsed[1].x }}'", "'1 == 2' is false", id="its message cannot be made"),
        pytest.param("that: 1 == 2, message: '{{ parsed[0].x }}'", "could not be made", id="the message says why"),
        pytest.param("contains: '{{ parsed[0].x }}'", "nobody can say", id="a condition cannot be made"),
        pytest.param("matches: '{{ host.name ~ \"(\" }}'", "nobody can say", id="a condition is no regular expression"),
    ],
)
def test_a_check_that_cannot_be_carried_out_is_never_ok(tmp_path: Path, check: str, words: str) -> None:
    run = Scenario(tmp_path).run(
        f"- hosts: all\n  tasks:\n    - commands: show clock\n      on_result: [expect: {{{check}}}]\n    - debug: later\n"
    )
    assert run.told(HostFinished)[0].status is HostStatus.FAILED
    assert words in run.told(HostFinished)[0].reason
    assert texts(run) == []


def test_the_message_of_a_check_that_holds_is_not_made(tmp_path: Path) -> None:
    run = Scenario(tmp_path).run(
        "- hosts: all\n  tasks:\n    - commands: show clock\n      on_result: [expect: {that: 1 == 1, message: '{{ parsed[0].x }}'}]\n"
    )
    assert run.told(HostFinished)[0].status is HostStatus.OK
    assert run.told(HandlerFailed) == []


def test_a_refused_command_is_a_failed_task_and_its_output_is_given_to_no_handler(tmp_path: Path) -> None:
    run = Scenario(tmp_path, answers={"r1": {"show users": says("% Invalid input", "% Invalid input")}})
    run.run(
        "- hosts: all\n  tasks:\n    - commands: [show clock, show users, show version]\n      on_result: [save: '{{ command | slug }}']\n"
    )
    task = run.told(TaskFinished)[0]
    assert task.status is TaskStatus.FAILED and "'show users'" in task.reason and "% Invalid input" in task.reason
    assert [result.command for result in task.results] == ["show clock", "show users"]
    assert (tmp_path / "show-clock").exists() and not (tmp_path / "show-users").exists()
    assert run.sent("r1") == ["show clock", "show users"]


def test_two_hosts_that_save_to_one_file_are_told_and_nothing_is_lost(tmp_path: Path) -> None:
    run = Scenario(tmp_path, hosts=3)
    run.run("- hosts: all\n  batch_size: 1\n  tasks:\n    - commands: show clock\n      on_result: [save: clock.txt]\n")
    assert {event.host for event in run.told(HandlerFailed)} == {"r2", "r3"}
    assert "r1" in run.told(HandlerFailed)[0].message and "host.name" in run.told(HandlerFailed)[0].hint
    assert [event.status for event in run.told(HostFinished)] == [HostStatus.OK] * 3


def test_what_a_play_registered_ends_with_the_hosts_play(tmp_path: Path) -> None:
    run = Scenario(tmp_path)
    run.run(
        "- hosts: all\n  tasks: [{set_fact: {colour: red}}, {debug: '{{ colour }}'}]\n"
        "- hosts: all\n  tasks: [{debug: \"{{ colour | default('gone') }}\"}]\n"
    )
    assert texts(run) == ["red", "gone"]


def test_the_registered_value_has_ansibles_names_and_ours(tmp_path: Path) -> None:
    run = Scenario(tmp_path, answers={"r1": {"show clock": says("a\nb")}})
    names = ("stdout", "stdout_lines", "output", "failed", "changed", "results[0].command")
    run.run(
        "- hosts: all\n  tasks:\n    - {commands: show clock, register: it}\n"
        f"    - debug: '{' '.join(f'{{{{ it.{name} }}}}' for name in names)}'\n"
        "    - {commands: show users, register: no, when: false}\n    - debug: '{{ no.skipped }}'\n"
    )
    assert texts(run) == ["['a\\nb'] [['a', 'b']] a\nb False False show clock", "true"]


def test_every_item_of_a_loop_runs_and_one_that_fails_fails_the_task(tmp_path: Path) -> None:
    run = Scenario(tmp_path, answers={"r1": {"show b": says("% Invalid input", "% Invalid input")}})
    run.run("- hosts: all\n  tasks:\n    - commands: 'show {{ item }}'\n      loop: [a, b, c]\n      when: item != 'c'\n")
    task = run.told(TaskFinished)[0]
    assert task.status is TaskStatus.FAILED
    assert [(result.item, result.command) for result in task.results] == [("a", "show a"), ("b", "show b")]


def test_an_undefined_name_at_run_time_fails_the_host_with_one_line(tmp_path: Path) -> None:
    run = Scenario(tmp_path).run("- hosts: all\n  tasks:\n    - {commands: show clock, register: it}\n    - debug: '{{ it.nothing }}'\n")
    end = run.told(HostFinished)[0]
    assert end.status is HostStatus.FAILED and "'nothing' is undefined" in end.reason


def test_facts_win_over_variables_of_play_and_task(tmp_path: Path) -> None:
    of_task = "    - {debug: '{{ a }}', vars: {a: task}}\n"
    see = "    - debug: '{{ a }} {{ b }}'\n"
    sets = "    - set_fact: {a: fact, b: fact}\n"
    run = Scenario(tmp_path)
    run.run(f"- hosts: all\n  vars: {{a: play, b: '{{{{ number }}}}'}}\n  tasks:\n{see}{of_task}{sets}{see}{of_task}")
    assert texts(run) == ["play 1", "task", "fact fact", "fact"]


def test_no_log_hides_what_a_task_would_show(tmp_path: Path) -> None:
    shows = "{commands: show clock, no_log: true, on_result: [print: ]}"
    run = Scenario(tmp_path)
    run.run(f"- hosts: all\n  tasks:\n    - {{debug: open sesame, no_log: true}}\n    - {shows}\n")
    assert [event for event in run.events if "sesame" in repr(event) or "clock" in repr(event)] == []
    assert len(texts(run)) == 2


def test_a_variable_that_is_a_mapping_is_shown_and_not_taken_for_arguments(tmp_path: Path) -> None:
    run = Scenario(tmp_path)
    run.run(
        "- hosts: all\n  vars: {m: {msg: 1, var: 2}}\n  tasks:\n    - debug: '{{ m }}'\n    - {commands: show clock, register: it}\n"
        "    - debug: '{{ it }}'\n    - {commands: show users, on_result: [{print: '{{ m }}'}]}\n"
    )
    assert run.told(HostFinished)[0].status is HostStatus.OK
    assert [text[:1] for text in texts(run)] == ["{", "{", "{"]


def test_the_result_of_a_round_that_failed_stays_where_it_was(tmp_path: Path) -> None:
    run = Scenario(
        tmp_path, answers={"r1": {"show a": says("% Invalid input", "% Invalid input"), "show b": says("b"), "show c": says("c")}}
    )
    run.run("- hosts: all\n  tasks:\n    - {commands: 'show {{ item }}', loop: [a, b, c], ignore_errors: true, on_result: [print: ]}\n")
    task = run.told(TaskFinished)[0]
    assert [(result.item, result.output) for result in task.results] == [("a", "% Invalid input"), ("b", "b"), ("c", "c")]
    assert texts(run) == ["b", "c"]


def test_what_was_read_before_the_session_broke_is_saved(tmp_path: Path) -> None:
    run = Scenario(tmp_path, answers={"r1": {"show users": lose}})
    run.run("- hosts: all\n  tasks:\n    - {commands: [show clock, show users], on_result: [save: '{{ command | slug }}']}\n")
    assert (tmp_path / "show-clock").exists()
    assert run.told(HostFinished)[0].status is HostStatus.FAILED


def test_a_command_that_is_known_only_at_run_time_is_planned_as_one_that_writes(tmp_path: Path) -> None:
    run = Scenario(tmp_path)
    run.run(
        "- hosts: all\n  tasks:\n    - {commands: show clock, register: it}\n"
        "    - commands: \"{{ 'write memory' if it.output else 'show users' }}\"\n"
    )
    assert run.sent("r1") == ["show clock", "write memory"]
    assert [(event.task, event.lines) for event in run.told(WriteIntended)] == [("commands", 0)]


def test_no_log_hides_the_reason_of_the_host_and_of_a_handler_too(tmp_path: Path) -> None:
    refuses = "{commands: 'show topsecret{{ number }}', no_log: true}"
    run = Scenario(tmp_path, answers={"r1": {"show topsecret1": says("% Invalid", "% Invalid input")}})
    run.run(
        f"- hosts: all\n  tasks:\n    - {{commands: show topsecret0, no_log: true, on_result: [parse: {{with: json}}]}}\n    - {refuses}\n"
    )
    assert run.told(HostFinished)[0].status is HostStatus.FAILED
    assert [event for event in run.events if "topsecret" in repr(event)] == []


def test_variables_of_a_task_may_use_its_item_even_when_that_is_nothing(tmp_path: Path) -> None:
    uses = "{debug: 'saw {{ v }}', vars: {v: '<{{ item }}>'}, loop: [1, null]}"
    run = Scenario(tmp_path)
    run.run(f"- hosts: all\n  tasks:\n    - {uses}\n    - {{debug: {{var: item}}, loop: [null]}}\n")
    assert texts(run)[0] == "saw <1>" and texts(run)[1] in ("saw <None>", "saw <>") and len(texts(run)) == 3


def test_a_variable_that_waits_for_a_result_hurts_no_task_that_does_not_use_it(tmp_path: Path) -> None:
    run = Scenario(tmp_path)
    run.run(
        "- hosts: all\n  vars: {n: '{{ it.output | length }}', unused: '{{ nowhere }}'}\n  tasks:\n"
        "    - {commands: show clock, register: it}\n    - debug: 'length {{ n }}'\n"
    )
    assert texts(run) == ["length 20"]
