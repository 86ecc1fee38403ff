"""What people see of a run: into pipes, on terminals of all kinds, and when nobody listens any more."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import pytest

from runner.events import Event, HostConnected, TextPrinted, Warned
from runner.reporters.console import Console
from runner.secret import Redactor, Secret
from tests.journal.story import (
    BATCHES,
    PLAY,
    UNREACHABLE,
    audit,
    batch_finished,
    batch_started,
    handler_failed,
    host_finished,
    host_started,
    names,
    record_of,
    run_finished,
    run_started,
    task,
    told,
)
from tests.reporters.terminal import Terminal

XTERM = {"TERM": "xterm-256color"}


@dataclass
class Seen:
    """What went where."""

    out: str
    err: str


def piped(events: Iterable[Event], environ: Mapping[str, str] = XTERM, **options: object) -> Seen:
    out, err = io.StringIO(), io.StringIO()
    _tell(events, out, err, environ, options)
    return Seen(out.getvalue(), err.getvalue())


def on_terminal(events: Iterable[Event], environ: Mapping[str, str] = XTERM, *, columns: int = 120, **options: object) -> Terminal:
    terminal = Terminal(columns)
    _tell(events, terminal.stream, terminal.stream, environ, options)
    terminal.finish()
    return terminal


def _tell(events: Iterable[Event], out: object, err: object, environ: Mapping[str, str], options: Mapping[str, object]) -> None:
    make: Callable[..., Console] = Console
    with record_of(*BATCHES) as record:
        console = make(record, out=out, err=err, environ=environ, **options)
        for event in events:
            record.apply(event)
            console(event)
        console.close()


def short(*events: Event) -> list[Event]:
    return [run_started(10, 1), batch_started(1, 1, names(1, 10)), *events, batch_finished(1, 1, {"ok": 10}), run_finished()]


def test_f70_a_pipe_gets_plain_lines_two_for_each_batch() -> None:
    seen = piped(audit())
    assert seen.err.splitlines() == [
        "playbooks/audit.yaml: 25 hosts in 3 batches of 10, at most 10 sessions at once",
        "play Audit: 25 hosts in batches 1 to 3",
        "batch 1 of 3 (10 devices): started with r1-r10",
        "r7  unreachable (tcp): connection refused by 127.0.0.1:20007",
        "    hint: is SSH enabled there, and is 20007 the right port?",
        "batch 1 of 3 (10 devices): 9 ok, 1 unreachable in 3.2 s",
        "batch 2 of 3 (10 devices): started with r11-r20",
        "batch 2 of 3 (10 devices): 10 ok in 3.2 s",
        "batch 3 of 3 (5 devices): started with r21-r25",
        "batch 3 of 3 (5 devices): 5 ok in 3.2 s",
    ]
    assert len(seen.out.splitlines()) == 26
    assert seen.out.splitlines()[-1].startswith("3 batches, 25 hosts: 24 ok, 1 unreachable")


ENVIRONMENTS = [
    pytest.param({}, True, False, False, id="a terminal that does not say its type"),
    pytest.param({"TERM": "dumb"}, True, False, False, id="TERM=dumb"),
    pytest.param(XTERM, True, True, True, id="a terminal"),
    pytest.param({**XTERM, "NO_COLOR": "1"}, True, False, True, id="NO_COLOR"),
    pytest.param({**XTERM, "NO_COLOR": ""}, True, True, True, id="NO_COLOR empty means nothing"),
    pytest.param({**XTERM, "NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False, True, id="NO_COLOR wins"),
    pytest.param({**XTERM, "ACCESSIBLE": "1"}, True, True, False, id="ACCESSIBLE: nothing is redrawn"),
    pytest.param({**XTERM, "NORNIR_PLAYBOOK_ACCESSIBLE": "1"}, True, True, False, id="our own name for it"),
    pytest.param({"TERM": "dumb", "FORCE_COLOR": "1"}, True, True, False, id="FORCE_COLOR on a dumb terminal"),
    pytest.param(XTERM, False, False, False, id="a pipe"),
    pytest.param({**XTERM, "FORCE_COLOR": "1"}, False, True, False, id="FORCE_COLOR into a pipe"),
    pytest.param({**XTERM, "FORCE_COLOR": "0"}, False, False, False, id="FORCE_COLOR=0 forces nothing"),
    pytest.param({**XTERM, "FORCE_COLOR": "1", "NO_COLOR": "1"}, False, False, False, id="NO_COLOR wins in a pipe too"),
]


@pytest.mark.parametrize(("environ", "terminal", "colour", "live"), ENVIRONMENTS)
def test_colour_and_redrawing_are_used_where_they_are_wanted(environ: dict[str, str], terminal: bool, colour: bool, live: bool) -> None:
    if terminal:
        text = on_terminal(audit(), environ).raw
    else:
        seen = piped(audit(), environ)
        text = seen.out + seen.err
    assert ("\x1b[32m" in text) is colour  # green
    assert ("\x1b[2K" in text) is live  # erasing a line
    assert ("\x1b" in text) is (colour or live)
    assert ("\r" in text) is live
    assert "unreachable" in text


def test_on_a_terminal_failures_and_ended_batches_stand_above_the_live_line() -> None:
    drawn = on_terminal(audit()).screen()
    assert drawn[2:7] == [
        "r7  unreachable (tcp): connection refused by 127.0.0.1:20007",
        "    hint: is SSH enabled there, and is 20007 the right port?",
        "batch 1 of 3 (10 devices): 9 ok, 1 unreachable in 3.2 s",
        "batch 2 of 3 (10 devices): 10 ok in 3.2 s",
        "batch 3 of 3 (5 devices): 5 ok in 3.2 s",
    ]
    assert not [line for line in drawn if line.startswith("Batch")], "the live line is gone in the end"


def test_the_live_line_is_drawn_and_the_cursor_given_back() -> None:
    raw = on_terminal(audit(), {**XTERM, "NO_COLOR": "1"}).raw
    assert "Batch 1 of 3  [" in raw
    assert raw.count("\x1b[?25l") == raw.count("\x1b[?25h") > 0
    assert raw.rindex("\x1b[?25h") > raw.rindex("\x1b[?25l")


def test_a_run_that_is_cut_off_gives_the_cursor_back_when_closed() -> None:
    raw = on_terminal(audit()[:6]).raw
    assert raw.rindex("\x1b[?25h") > raw.rindex("\x1b[?25l")


@pytest.mark.parametrize("columns", [20, 40, 80])
def test_narrow_terminals_get_whole_words_and_lines_that_fit(columns: int) -> None:
    drawn = on_terminal(audit(), {**XTERM, "NO_COLOR": "1"}, columns=columns).screen()
    assert max(len(line) for line in drawn if not line.startswith("r")) <= columns
    assert any(line.strip().startswith("unreachable") or "  unreachable" in line for line in drawn)


def test_printed_text_goes_to_stdout_also_in_the_middle_of_live_lines() -> None:
    events = short(TextPrinted(host="r3", task="Show", text="uptime is 3 weeks"), TextPrinted(host="r4", task="Show", text="a\nb"))
    assert piped(events).out.splitlines()[:4] == ["r3  uptime is 3 weeks", "r4  Show:", "  a", "  b"]
    drawn = on_terminal(events).screen()
    assert drawn[1:5] == ["r3  uptime is 3 weeks", "r4  Show:", "  a", "  b"]


def test_with_json_on_stdout_the_console_keeps_off_it() -> None:
    seen = piped(short(TextPrinted(host="r3", task="Show", title="uptime", text="3 weeks")), results=False)
    assert seen.out == ""
    assert "r3  uptime: 3 weeks" in seen.err
    assert seen.err.splitlines()[-1].startswith("1 batch, 25 hosts")


FAILURES: list[object] = [
    pytest.param(
        UNREACHABLE,
        ["r7  unreachable (tcp): connection refused by 127.0.0.1:20007", "    hint: is SSH enabled there, and is 20007 the right port?"],
        id="unreachable",
    ),
    pytest.param(
        host_finished("r1", "failed", task="Neighbours", reason="% Invalid input"),
        ['r1  failed in "Neighbours": % Invalid input'],
        id="failed, without a hint",
    ),
    pytest.param(
        host_finished("r1", "failed", phase="command", task="Neighbours", reason="no prompt in 60 s", hint="raise the limit"),
        ['r1  failed (command) in "Neighbours": no prompt in 60 s', "    hint: raise the limit"],
        id="failed in a phase",
    ),
    pytest.param(
        host_finished("r1", "in_doubt", reason="the session was lost"), ["r1  in doubt: the session was lost"], id="in doubt is neither"
    ),
    pytest.param(
        handler_failed("r1", hint="choose another folder"),
        ['r1  result handler save failed in "Neighbours" (show ip ospf neighbor): permission denied', "    hint: choose another folder"],
        id="F06: a result handler",
    ),
    pytest.param(
        Warned(message="a password stands in the inventory", hint="use env:"),
        ["warning: a password stands in the inventory", "    hint: use env:"],
        id="warning",
    ),
    pytest.param(
        host_finished("r1", "failed", reason="bad\nr2  ok\x1b[2J", hint="a\nb"),
        ["r1  failed: bad\\nr2  ok\\x1b[2J", "    hint: a\\nb"],
        id="F71: forged lines",
    ),
    pytest.param(host_finished("r1", "failed", reason="x" * 5000), ["r1  failed: " + "x" * 399 + "…"], id="an endless reason"),
    pytest.param(host_finished("r1", "stopped"), [], id="stopped hosts are told by the recap"),
    pytest.param(host_finished("r1", "ok"), [], id="ok hosts too"),
]


@pytest.mark.parametrize(("event", "lines"), FAILURES)
def test_one_failure_is_three_lines_at_most(event: Event, lines: list[str]) -> None:
    assert piped([event]).err.splitlines() == lines


def test_verbose_adds_the_last_lines_of_the_output() -> None:
    output = "show ip osp\n" + "".join(f"line {number}\n" for number in range(20)) + "\n% Invalid input\x07\n"
    events: list[Event] = [task("r1", "failed", output=output), host_finished("r1", "failed", reason="refused")]
    assert piped(events).err.splitlines() == ["r1  failed: refused"]
    tail = ["    | line 16", "    | line 17", "    | line 18", "    | line 19", "    | % Invalid input\\x07"]
    assert piped(events, verbosity=1).err.splitlines() == ["r1  > show ip ospf neighbor", "r1  failed: refused", *tail]


def test_verbosity_decides_about_lines_for_tasks() -> None:
    events: list[Event] = [
        HostConnected(host="r1", play=PLAY, batch_number=1, duration_seconds=0.21),
        task("r1"),
        task("r1", "failed", ignored=True, reason="no such thing"),
    ]
    ignored = "r1  Neighbours: failed in 0.3 s (ignored): no such thing"
    assert piped(events).err == ""
    assert piped(events, verbosity=1).err.splitlines() == [ignored]
    assert piped(events, verbosity=2).err.splitlines() == ["r1  connected in 0.2 s", "r1  Neighbours: ok in 0.3 s", ignored]


def test_exec_shows_outputs_once_then_the_recap() -> None:
    lines = piped(audit(), grouped=True).out.splitlines()
    assert lines[0] == "== show ip ospf neighbor: 24 different outputs from 24 hosts"
    assert lines[lines.index("-- 1 host: r25") + 1] == "output of r25"
    assert lines[-3:-1] == ["", "r7 : ok=0 changed=0 unreachable=1 failed=0 skipped=0 rescued=0 ignored=0   batch=1  0.2s"]


def test_a_long_batch_gives_a_sign_of_life_in_a_plain_log() -> None:
    now = [0.0]
    record = record_of(names(1, 3))
    err = io.StringIO()
    console = Console(record, out=io.StringIO(), err=err, environ={}, clock=lambda: now[0])
    for event in (batch_started(1, 1, names(1, 3)), *(host_started(name) for name in names(1, 3))):
        console(event)
    now[0] = 31.0
    console(host_finished("r1"))
    console(host_finished("r2"))
    assert err.getvalue().splitlines()[1:] == ["batch 1 of 1 (3 devices): so far 1 ok, 2 running"]


def test_f60_secrets_are_masked_in_everything_shown() -> None:
    secret = "correct-horse-battery"
    events: list[Event] = [
        TextPrinted(host="r1", task="t", title=secret, text=f"password {secret}"),
        handler_failed("r1", secret, hint=secret, command=secret),
        task("r1", "failed", output=secret, reason=secret),
        host_finished("r1", "failed", reason=secret, hint=secret),
        Warned(message=secret, hint=secret),
        run_finished(2, reason=secret),
    ]
    redact = Redactor([Secret(secret)])
    out, err = io.StringIO(), io.StringIO()
    with record_of(("r1",), redact=redact) as record:
        console = Console(record, out=out, err=err, verbosity=2, grouped=True, redact=redact, environ={})
        for event in events:
            told(record, [event])
            console(event)
    text = out.getvalue() + err.getvalue()
    assert secret not in text
    assert text.count("******") >= 10


def test_a_question_has_the_terminal_to_itself() -> None:
    terminal = Terminal()
    with record_of(*BATCHES) as record:
        console = Console(record, out=terminal.stream, err=terminal.stream, environ={**XTERM, "NO_COLOR": "1"})
        events = audit()
        for event in events[:6]:
            console(event)
        with console.paused():
            terminal.stream.write("accept this key? ")
            terminal.stream.flush()
            console(Warned(message="meanwhile"))
            terminal.stream.write("yes\n")
            terminal.stream.flush()
        console.close()
    terminal.finish()
    drawn = terminal.screen()
    assert drawn.index("accept this key? yes") + 1 == drawn.index("warning: meanwhile")
    asked = terminal.raw.index("accept this key? ")
    assert "Batch 1" not in terminal.raw[asked : terminal.raw.index("yes\n")]


def test_closing_twice_or_before_anything_is_fine() -> None:
    console = Console(record_of(("r1",)), out=None, err=None, environ={})
    console.close()
    console(run_finished())
    console.close()
