"""What `config` sends, when it stops, what it counts as a change, and that nothing is ok without proof."""

from __future__ import annotations

from typing import Any

import pytest

from runner.actions.config import Config
from runner.actions.config_arguments import ConfigArguments
from runner.actions.push import commit_comment
from runner.contracts import ActionResult, Reply
from runner.errors import SessionError
from runner.platforms import platform_of
from runner.secret import marker
from tests.actions.fakes import Context, TableSession

RUNNING = "show running-config"
BEFORE = "Current configuration : 10 bytes\n!\nhostname r1\ninterface Loopback0\n description old\nend"
AFTER = "Current configuration : 12 bytes\n!\nhostname r1\ninterface Loopback0\n description new\nend"
DIFF = "--- before\n+++ after\n@@ -3 +3 @@ interface Loopback0\n- description old\n+ description new\n"
LOST = SessionError("the device closed the session", phase="command", cause="closed")
SECRET = marker("0" * 16, "community")


def refused(line: str, words: str = "% Invalid input detected at '^' marker.") -> Reply:
    return Reply(command=line, output=f"    ^\n{words}", duration_seconds=0.1, error=words)


def run(value: Any, answers: dict[str, Any], platform: str = "cisco_ios", **table: Any) -> tuple[ActionResult, TableSession]:
    session = TableSession(answers, **table)
    context = Context(table=session, platform=platform_of(platform), secrets={SECRET: "s3cret-c0mmunity"})
    action = Config()
    return action.run(ConfigArguments.model_validate(value), context), session


FIVE = ["interface Loopback0", "description new", "ip adress 10.0.0.1", "shutdown", "no shutdown"]
TAKEN = dict.fromkeys(FIVE, "")


def test_lines_are_sent_one_by_one_between_two_looks() -> None:
    value = {"parents": ["interface Loopback0"], "lines": [{"line": "description new", "timeout": 5}, "shutdown"], "timeout": 9}
    result, session = run(value, {**TAKEN, RUNNING: [BEFORE, AFTER]})
    assert session.texts == [RUNNING, "(enter)", "interface Loopback0", "description new", "shutdown", "(leave)", RUNNING]
    assert [timeout for _, timeout, *_ in session.sent][2:5] == [9, 5, 9]
    assert (result.changed, result.failed, result.applied, result.total) == (True, False, 3, 3)
    assert result.diff == DIFF
    [entry] = result.results
    assert (entry.command, entry.output) == ("", "interface Loopback0\ndescription new\nshutdown\n")


def test_lines_that_change_nothing_are_ok() -> None:
    result, _ = run(["hostname r1"], {"hostname r1": "", RUNNING: BEFORE})
    assert (result.changed, result.failed, result.diff, result.applied) == (False, False, "", 1)


@pytest.mark.parametrize(
    ("value", "answers", "platform"),
    [
        pytest.param({"lines": "a", "compare": False}, {"a": ""}, "cisco_ios", id="no comparison wanted"),
        pytest.param("a", {"a": "", RUNNING: refused(RUNNING)}, "cisco_ios", id="the device refuses to show it"),
        pytest.param("a", {"a": ""}, "linux", id="there is none to show"),
    ],
)
def test_without_two_looks_a_line_that_was_taken_counts_as_a_change(value: Any, answers: dict[str, Any], platform: str) -> None:
    result, _ = run(value, answers, platform)
    assert (result.changed, result.failed, result.diff) == (True, False, "")


def test_f13_f14_a_refused_line_ends_it_and_names_what_stays() -> None:
    answers = {**TAKEN, "ip adress 10.0.0.1": refused("ip adress 10.0.0.1"), RUNNING: [BEFORE, AFTER]}
    result, session = run(FIVE, answers)
    assert session.texts == [RUNNING, "(enter)", *FIVE[:3], "(leave)", RUNNING]
    assert result.reason == (
        "line 3 of 5, 'ip adress 10.0.0.1', was refused: % Invalid input detected at '^' marker.; 2 lines are applied and stay"
    )
    assert (result.failed, result.changed, result.applied, result.total, result.diff) == (True, True, 2, 5, DIFF)


@pytest.mark.parametrize(("place", "end"), [(0, "nothing was applied"), (1, "1 line is applied and stays")], ids=["first", "second"])
def test_f13_one_and_none(place: int, end: str) -> None:
    result, _ = run(FIVE, {**TAKEN, FIVE[place]: refused(FIVE[place]), RUNNING: BEFORE})
    assert result.reason.endswith(f"; {end}")
    assert (result.applied, result.changed) == (place, False)


def test_a_session_lost_in_the_middle_passes_through() -> None:
    with pytest.raises(SessionError, match="closed the session"):
        run(FIVE, {**TAKEN, "shutdown": LOST, RUNNING: BEFORE})


def test_a_session_lost_behind_a_refusal_is_a_failure_whose_extent_is_known() -> None:
    result, _ = run(FIVE, {**TAKEN, FIVE[2]: refused(FIVE[2]), RUNNING: [BEFORE, LOST]}, leaving=LOST)
    assert "2 lines are applied and stay" in result.reason and result.changed


def test_a_session_lost_behind_the_last_line_is_not_ok() -> None:
    result, _ = run(FIVE, {**TAKEN, RUNNING: [BEFORE, LOST]})
    assert result.failed and result.changed and result.applied == 5
    assert result.reason.startswith("all 5 lines were applied, and what they changed could not be read: the device closed")
    with pytest.raises(SessionError):
        run(FIVE, {**TAKEN, RUNNING: BEFORE}, leaving=LOST)


def test_a_declared_question_is_passed_on() -> None:
    value = [{"line": "crypto key zeroize", "prompt": "Do you really", "answer": "yes"}, "a"]
    _, session = run(value, {"crypto key zeroize": "", "a": "", RUNNING: BEFORE})
    assert session.sent[2:4] == [("crypto key zeroize", None, "Do you really", "yes"), ("a", None, None, None)]


def test_m9_a_banner_is_one_send_and_counts_its_lines() -> None:
    banner = "banner motd ^\nkeep out\n\n^"
    result, session = run({"template": f"{banner}\nip cef\nwrong"}, {banner: "", "ip cef": "", "wrong": refused("wrong"), RUNNING: BEFORE})
    assert session.texts[2:5] == [banner, "ip cef", "wrong"]
    assert (result.applied, result.total) == (5, 6) and "line 6 of 6" in result.reason


def test_f62_a_secret_is_in_nothing_that_is_told() -> None:
    line = f"snmp-server community {SECRET} RO"
    shown = "snmp-server community s3cret-c0mmunity RO"
    answers = {line: refused(line, "% Bad community s3cret-c0mmunity"), RUNNING: [BEFORE, f"{BEFORE}\n{shown}"]}
    result, session = run([line], answers)
    assert session.texts[2] == line, "the session gets the marker, and replaces it itself"
    assert "<secret community>" in result.reason and "+snmp-server community ****** RO" in result.diff
    assert "s3cret" not in repr(result) and SECRET not in repr(result)


@pytest.mark.parametrize(
    ("save", "after", "saved"),
    [("never", AFTER, 0), ("changed", AFTER, 1), ("changed", BEFORE, 0), ("always", BEFORE, 1)],
    ids=["never", "changed", "not changed", "always"],
)
def test_when_it_saves(save: str, after: str, saved: int) -> None:
    answers = {"a": "", "write memory": "Building configuration...\n[OK]", RUNNING: [BEFORE, after]}
    result, session = run({"lines": "a", "save": save}, answers)
    assert session.texts.count("write memory") == saved
    assert not result.failed and result.changed is (after == AFTER or bool(saved))
    assert ("[OK]" in result.results[0].output) is bool(saved)


@pytest.mark.parametrize(("after", "words"), [(AFTER, "was changed but"), (BEFORE, "is as it was, and")], ids=["changed", "not"])
def test_a_save_that_fails_is_not_ok(after: str, words: str) -> None:
    answers = {"a": "", "write memory": "startup-config file open failed (Not enough space)", RUNNING: [BEFORE, after]}
    result, _ = run({"lines": "a", "save": "always"}, answers)
    assert result.failed and result.changed is (after == AFTER)
    assert result.reason == f"the configuration {words} could not be saved: startup-config file open failed (Not enough space)"


def test_nothing_is_saved_after_a_refusal() -> None:
    result, session = run({"lines": "a", "save": "always"}, {"a": refused("a"), RUNNING: BEFORE})
    assert result.failed and "write memory" not in session.texts


@pytest.mark.parametrize(
    ("text", "comment"),
    [
        ('change "42"\nby me', "change '42' by me"),
        ("why? \\ x", "why. / x"),
        ("x" * 99, "x" * 60),
    ],
    ids=["quotes", "help", "long"],
)
def test_a_comment_ends_nothing_and_asks_for_no_help(text: str, comment: str) -> None:
    assert commit_comment(text) == comment
