"""What people are shown of writes, retries, limits and doubts; a device's own secrets in a diff are masked."""

from __future__ import annotations

import io

import pytest

from runner.contracts import CommandResult
from runner.events import ConnectRetried, Event, HostHeldBack, LimitTripped, TaskFinished
from runner.reporters import sentences
from runner.reporters.console import Console
from runner.reporters.line import Line, plain
from runner.reporters.recap import recap_lines
from runner.secret import Redactor, Secret, marker
from tests.journal.story import PLAY, host_finished, record_of, run_finished, told
from tests.journal.story import task as finished

RETRIED = ConnectRetried(host="r1", play=PLAY, batch_number=1, attempt=2, phase="tcp", reason="no answer in time", delay_seconds=1.25)
HELD = HostHeldBack(host="r1", play=PLAY, batch_number=1, reason="3 logins were refused")
DIFF = "+ description ours\n- snmp-server community canary-1 RO\n+ username x password 7 canary-2\n"


SECRET = "canary-of-ours"


def tripped(limit: str, decision: str) -> LimitTripped:
    return LimitTripped(play=PLAY, batch_number=1, limit=limit, decision=decision, reason="3 of 25 hosts failed")


LINES: list[tuple[Line, str]] = [
    (sentences.retried(RETRIED), "r1  no connection (tcp): no answer in time; attempt 3 in 1.2 s"),
    (sentences.held_back(HELD), "r1  not started: 3 logins were refused"),
    (sentences.limit_tripped(tripped("max_failures", "stop")), "limit: 3 of 25 hosts failed; nothing more is started"),
    (sentences.limit_tripped(tripped("on_batch_failure", "pause")), "limit: 3 of 25 hosts failed; the run waits for an answer"),
    (
        sentences.limit_tripped(tripped("max_auth_failures", "stop")),
        "limit: 3 of 25 hosts failed; hosts with these credentials are not started",
    ),
    (sentences.task_finished(finished("r1", "failed", applied=2, total=5)), "r1  Neighbours: failed in 0.3 s, 2 of 5 lines"),
    (sentences.task_finished(finished("r1", unguarded=True)), "r1  Neighbours: ok in 0.3 s (unguarded)"),
]


@pytest.mark.parametrize(("line", "text"), LINES, ids=[text for _, text in LINES])
def test_one_line_each(line: Line, text: str) -> None:
    assert plain(line) == text


def test_f69_a_diff_shows_what_changed_and_no_secret_of_the_device() -> None:
    lines = [plain(line) for line in sentences.diff(finished("r1", "changed", diff=DIFF))]
    assert lines[:2] == ["r1  Neighbours: changes", "    + description ours"]
    assert "canary" not in "".join(lines) and len(lines) == 4


def test_f62_what_was_sent_is_shown_without_secrets() -> None:
    redact = Redactor([Secret(SECRET)])
    note = marker("0" * 16, "word")
    lines = [plain(line) for line in sentences.sent(CHANGED, redact)]
    assert lines[0] == "r1  | interface Loopback0" and lines[1] == "r1  | description \\x1b[31m******" and len(lines) == 3
    command = finished("r1", results=(CommandResult(command=f"test aaa {note} {SECRET}\nforged"),))
    lines += [plain(line) for line in sentences.sent(command, redact)]
    assert lines[-1] == "r1  > test aaa ****** ******\\nforged" and "canary" not in "".join(lines)


def shown(event: Event, verbosity: int) -> str:
    err = io.StringIO()
    console = Console(record_of(("r1",)), out=None, err=err, verbosity=verbosity)
    console(event)
    console.close()
    return err.getvalue()


LINES_SENT = CommandResult(output=f"interface Loopback0\ndescription \x1b[31m{SECRET}\nsnmp-server community canary-2 RO\n")
CHANGED: TaskFinished = finished("r1", "changed", applied=2, total=2, diff=DIFF, results=(LINES_SENT,))


@pytest.mark.parametrize(
    ("event", "words", "least"),
    [
        pytest.param(RETRIED, "attempt 3", 0, id="retried"),
        pytest.param(HELD, "not started", 1, id="held back"),
        pytest.param(tripped("max_failures", "stop"), "limit: ", 0, id="limit"),
        pytest.param(CHANGED, "2 of 2 lines", 1, id="lines"),
        pytest.param(CHANGED, "+ description ours", 1, id="diff"),
        pytest.param(CHANGED, "r1  | interface Loopback0", 1, id="lines that were sent"),
        pytest.param(finished("r1", output="x"), "r1  > show ip ospf neighbor", 1, id="a command that was sent"),
        pytest.param(host_finished("r1", "in_doubt", reason="cut"), "r1  in doubt: cut", 0, id="in doubt"),
        pytest.param(host_finished("r1", "skipped", phase="tcp", reason="refused"), "r1  skipped (tcp): refused", 0, id="ignored"),
    ],
)
def test_from_which_verbosity_on_it_is_shown(event: Event, words: str, least: int) -> None:
    assert [verbosity for verbosity in (0, 1) if words in shown(event, verbosity)] == [*range(least, 2)]


def test_hosts_in_doubt_have_their_line_in_the_recap() -> None:
    record = told(record_of(("r1", "r2")), [host_finished("r1", "in_doubt"), host_finished("r2"), run_finished(5)])
    lines = recap_lines(record, None, False)
    assert "in doubt, look at them before repeating anything (1): r1" in lines
    assert "1 ok, 1 in doubt" in lines[-1] and lines[0].endswith("in doubt")
