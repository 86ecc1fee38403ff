"""A step that writes: its intent is told before its first byte, and a host is in doubt exactly when nobody saw how a write ended."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from runner.contracts import Reply
from runner.errors import SessionError, Stopped
from runner.events import Event, HostFinished, TaskFinished, WriteIntended
from runner.states import HostStatus, TaskStatus
from tests.execution.scenario import Answer, Scenario, healthy, lose

FAILED, IN_DOUBT, STOPPED, CHANGED = HostStatus.FAILED, HostStatus.IN_DOUBT, HostStatus.STOPPED, HostStatus.CHANGED


def play(*commands: str, more: str = "") -> str:
    return (
        f"- hosts: all\n  tasks:\n    - {{name: w, commands: [{', '.join(commands)}]{more}}}\n    - {{name: after, commands: show users}}\n"
    )


def refuses(command: str) -> Reply:
    return Reply(command=command, output="% Invalid input", duration_seconds=0.0, error="% Invalid input")


def raises(cause: str, phase: Any = "command") -> Answer:
    def answer(command: str) -> Reply:
        raise SessionError(f"{command}: {cause}", phase=phase, cause=cause)

    return answer


def stops(command: str) -> Reply:
    raise Stopped(f"stopped by the user in the middle of '{command}'")


ENDS: list[tuple[str, tuple[str, ...], dict[str, Answer], HostStatus]] = [
    ("the write is accepted", ("clear counters",), {}, CHANGED),
    ("the write is refused", ("clear counters",), {"clear counters": refuses}, FAILED),
    ("the session is lost in the write", ("show clock", "clear counters"), {"clear counters": lose}, IN_DOUBT),
    ("no prompt comes after the write", ("clear counters",), {"clear counters": raises("command_timeout")}, IN_DOUBT),
    ("a person stops it in the middle of the write", ("clear counters",), {"clear counters": stops}, IN_DOUBT),
    ("the session is lost before the write", ("show clock", "clear counters"), {"show clock": lose}, FAILED),
    ("a person stops it before the write", ("show clock", "clear counters"), {"show clock": stops}, STOPPED),
    ("the session is lost after the write was answered", ("clear counters", "show clock"), {"show clock": lose}, FAILED),
    ("F17: the device asks something", ("reload",), {"reload": raises("unexpected_question")}, FAILED),
    ("it was broken before", ("clear counters",), {"clear counters": raises("broken")}, FAILED),
    ("a secret cannot be put in", ("clear counters",), {"clear counters": raises("secret")}, FAILED),
    ("F15: out of step after the write", ("clear counters", "show clock"), {"show clock": raises("out_of_step")}, IN_DOUBT),
    ("F15: out of step before the write", ("show clock", "clear counters"), {"show clock": raises("out_of_step")}, FAILED),
]


@pytest.mark.parametrize(("commands", "answers", "status"), [row[1:] for row in ENDS], ids=[row[0] for row in ENDS])
def test_the_end_of_a_host_that_writes(tmp_path: Path, commands: tuple[str, ...], answers: dict[str, Answer], status: HostStatus) -> None:
    run = Scenario(tmp_path, answers={"r1": answers}).run(play(*commands))
    end, task = run.told(HostFinished)[0], run.told(TaskFinished)[0]
    assert (end.status, task.status) == (status, TaskStatus(status.value)), end
    assert ("show users" in run.sent("r1")) == (status is CHANGED), "a later task ran"
    assert ("not known" in end.reason) == (status is IN_DOUBT)
    assert run.connections["r1"].closed == 1


def test_a_read_only_step_that_is_lost_tells_no_intent_and_is_not_in_doubt(tmp_path: Path) -> None:
    run = Scenario(tmp_path, answers={"r1": {"show clock": lose}}).run(play("show clock"))
    assert not run.told(WriteIntended) and run.told(HostFinished)[0].status is FAILED


def test_ignore_errors_does_not_catch_what_is_in_doubt(tmp_path: Path) -> None:
    run = Scenario(tmp_path, answers={"r1": {"clear counters": lose}}).run(play("clear counters", more=", ignore_errors: true"))
    assert run.told(HostFinished)[0].status is IN_DOUBT and not run.told(TaskFinished)[0].ignored


def test_the_intent_is_told_before_the_first_byte(tmp_path: Path) -> None:
    sent: list[list[str]] = []
    run = Scenario(tmp_path)
    run.watch = lambda event: sent.append([*run.sent("r1")]) if isinstance(event, WriteIntended) else None
    run.run(play("show clock", "clear counters"))
    assert sent == [[]] and run.sent("r1")[:2] == ["show clock", "clear counters"]


def test_where_the_intent_cannot_be_kept_nothing_is_sent(tmp_path: Path) -> None:
    def full(event: Event) -> None:
        if isinstance(event, WriteIntended):
            raise OSError(28, "No space left on device")

    run = Scenario(tmp_path, hosts=2, watch=full).run(play("show clock", "clear counters", more=", ignore_errors: true"))
    for host in ("r1", "r2"):
        assert run.sent(host) == []
        assert run.told(HostFinished, host)[0].status is FAILED
        assert "No space left" in run.told(HostFinished, host)[0].reason


def test_a_loop_that_writes_ends_at_its_first_failure_and_says_how_far_it_came(tmp_path: Path) -> None:
    def refused(command: str) -> Reply:
        return Reply(command=command, output="% No", duration_seconds=0.0, error="% No")

    run = Scenario(tmp_path, answers={"r1": {"clear c": refused}})
    run.run("- hosts: all\n  tasks: [{commands: 'clear {{ item }}', loop: [a, b, c, d]}]\n")
    assert run.sent("r1") == ["clear a", "clear b", "clear c"]
    task = run.told(TaskFinished)[0]
    assert task.status is TaskStatus.FAILED
    assert task.reason == "item 3 of 4: 'clear c' was refused: % No; 2 before it are done; 1 not begun"


def test_rounds_of_a_loop_after_one_in_doubt_do_not_run(tmp_path: Path) -> None:
    run = Scenario(tmp_path, answers={"r1": {"clear b": lose}})
    run.run("- hosts: all\n  tasks: [{commands: 'clear {{ item }}', loop: [a, b, c]}]\n")
    assert run.sent("r1") == ["clear a", "clear b"] and run.told(HostFinished)[0].status is IN_DOUBT
    assert [event.item for event in run.told(WriteIntended)] == ["a", "b"]


def test_out_of_step_at_the_end_of_the_play_makes_a_write_doubtful_and_a_read_failed(tmp_path: Path) -> None:
    def out_of_step() -> None:
        raise SessionError("the device went on", phase="command", cause="out_of_step")

    def then(host: str) -> Answer:
        """The device answers, and is out of step from then on."""

        def answer(command: str) -> Reply:
            run.connections[host].checks = out_of_step
            return healthy(command)

        return answer

    run = Scenario(tmp_path, hosts=2, answers={})
    run.answers |= {"r1": {"clear x": then("r1")}, "r2": {"show clock": then("r2")}}
    run.run("- hosts: all\n  tasks:\n    - {commands: clear x, when: number == 1}\n    - {commands: show clock, when: number == 2}\n")
    assert [run.told(HostFinished, host)[0].status for host in ("r1", "r2")] == [IN_DOUBT, FAILED]


CUTS = [
    # cut at, lines accepted, state, words
    ("interface Loopback0", 0, IN_DOUBT, "0 of 3 lines were accepted; whether the next one took effect is not known"),
    ("no shutdown", 2, IN_DOUBT, "2 of 3 lines were accepted; whether the next one took effect is not known"),
    ("write memory", 3, IN_DOUBT, "3 of 3 lines were accepted; whether what followed took effect is not known"),
]


@pytest.mark.parametrize(("cut", "applied", "status", "words"), CUTS, ids=[row[0] for row in CUTS])
def test_a_configuration_that_is_cut_says_how_much_of_it_was_accepted(
    tmp_path: Path, cut: str, applied: int, status: HostStatus, words: str
) -> None:
    run = Scenario(tmp_path, answers={"r1": {cut: lose}})
    run.run("- hosts: all\n  tasks:\n    - config: {lines: [interface Loopback0, description x, no shutdown], save: always}\n")
    task, end = run.told(TaskFinished)[0], run.told(HostFinished)[0]
    assert (end.status, task.applied, task.total, task.changed) == (status, applied, 3, applied > 0)
    assert words in end.reason and "look at the device" in end.hint
    assert [(event.lines, len(event.digest)) for event in run.told(WriteIntended)] == [(3, 64)]


def test_f13_lines_applied_and_one_refused_is_failed_and_not_in_doubt(tmp_path: Path) -> None:
    run = Scenario(tmp_path, answers={"r1": {"no shutdown": refuses}})
    run.run("- hosts: all\n  tasks:\n    - config: [interface Loopback0, description x, no shutdown, ip mtu 1400]\n")
    task, end = run.told(TaskFinished)[0], run.told(HostFinished)[0]
    assert (end.status, task.applied, task.total) == (FAILED, 2, 4) and "% Invalid input" in end.reason
    assert "ip mtu 1400" not in run.sent("r1")


def test_lines_of_a_banner_are_counted_where_the_push_is_cut_behind_it(tmp_path: Path) -> None:
    run = Scenario(tmp_path, answers={"r1": {"no shutdown": lose}})
    run.run("- hosts: all\n  tasks:\n    - config: [banner motd ^, hello, ^, interface Loopback0, no shutdown]\n")
    task, end = run.told(TaskFinished)[0], run.told(HostFinished)[0]
    assert (end.status, task.applied, task.total) == (IN_DOUBT, 4, 5)
    assert "4 of 5 lines were accepted" in end.reason
