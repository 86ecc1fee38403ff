"""`config` on platforms with a candidate: committed and proven, or nothing at all (F20)."""

from __future__ import annotations

from typing import Any

import pytest

from runner.actions.config import Config
from runner.actions.config_arguments import ConfigArguments
from runner.contracts import ActionResult, Reply
from runner.platforms import platform_of
from tests.actions.fakes import Context, TableSession

JUNOS_COMPARE, JUNOS_COMMIT = "top show | compare", 'commit comment "by nornir-playbook"'
JUNOS_CHANGE = "\n[edit system]\n-  host-name r1;\n+  host-name r9;\n\n[edit]\n"
XR_COMPARE, XR_COMMIT = "show configuration", "commit comment by nornir-playbook"
XR_NOTHING = "Thu May 28 10:00:00.000 UTC\nBuilding configuration...\n!! IOS XR Configuration 7.3.2\nend\n"
XR_CHANGE = "Thu May 28 10:00:00.000 UTC\nBuilding configuration...\n!! IOS XR Configuration 7.3.2\nhostname r9\nend\n"
XR_FAILED = "% Failed to commit one or more configuration items during a pseudo-atomic operation."
PLATFORMS = [
    pytest.param("juniper_junos", JUNOS_COMPARE, "\n[edit]\n", JUNOS_CHANGE, JUNOS_COMMIT, "commit complete", id="junos"),
    pytest.param("cisco_xr", XR_COMPARE, XR_NOTHING, XR_CHANGE, XR_COMMIT, "Thu May 28 10:00:01.000 UTC", id="xr"),
]


def run(value: Any, answers: dict[str, Any], platform: str) -> tuple[ActionResult, TableSession]:
    session = TableSession(answers)
    action = Config()
    return action.run(ConfigArguments.model_validate(value), Context(table=session, platform=platform_of(platform))), session


@pytest.mark.parametrize(("platform", "compare", "nothing", "change", "commit", "done"), PLATFORMS)
def test_f20_lines_that_are_taken_are_committed(platform: str, compare: str, nothing: str, change: str, commit: str, done: str) -> None:
    result, session = run(["one", "two"], {"one": "", "two": "", compare: [nothing, change], commit: done}, platform)
    assert session.texts == ["(enter)", compare, "one", "two", compare, commit, "(leave)"]
    assert (result.failed, result.changed, result.applied, result.total) == (False, True, 2, 2)
    assert "r9" in result.diff and "end" not in result.diff and "May 28" not in result.diff


@pytest.mark.parametrize(("platform", "compare", "nothing", "change", "commit", "done"), PLATFORMS)
def test_f20_nothing_to_commit_is_ok_and_not_committed(
    platform: str, compare: str, nothing: str, change: str, commit: str, done: str
) -> None:
    result, session = run(["one"], {"one": "", compare: nothing}, platform)
    assert commit not in session.texts
    assert (result.failed, result.changed, result.applied, result.diff) == (False, False, 1, "")


@pytest.mark.parametrize(("platform", "compare", "nothing", "change", "commit", "done"), PLATFORMS)
def test_f13_f20_a_refused_line_means_nothing_is_committed(
    platform: str, compare: str, nothing: str, change: str, commit: str, done: str
) -> None:
    wrong = Reply(command="three", output="error: x", duration_seconds=0.1, error="error: x")
    result, session = run(["one", "two", "three", "four"], {"one": "", "two": "", "three": wrong, compare: nothing}, platform)
    assert session.texts == ["(enter)", compare, "one", "two", "three", "(leave)"]
    assert result.reason == "line 3 of 4, 'three', was refused: error: x; nothing was committed, the 2 lines before it were discarded"
    assert (result.failed, result.changed, result.applied, result.total) == (True, False, 0, 4)


@pytest.mark.parametrize(("platform", "compare", "nothing", "change", "commit", "done"), PLATFORMS)
def test_f20_somebody_elses_changes_are_never_committed(
    platform: str, compare: str, nothing: str, change: str, commit: str, done: str
) -> None:
    result, session = run(["one"], {compare: change}, platform)
    assert session.texts == ["(enter)", compare, "(leave)"]
    assert result.failed and result.applied == 0
    assert result.reason == "the candidate holds uncommitted changes of somebody else; nothing was sent"


@pytest.mark.parametrize(
    ("platform", "answer", "words"),
    [
        pytest.param("juniper_junos", "[edit]\n  'x'\n    warning: y\nerror: commit failed", "error: commit failed", id="junos error"),
        pytest.param("juniper_junos", "", "the device did not confirm it", id="junos says nothing"),
        pytest.param(
            "juniper_junos", "configuration check succeeds", "said 'configuration check succeeds'", id="junos says something else"
        ),
        pytest.param(
            "cisco_xr", f"Thu May 28 10:00:01.000 UTC\n\n{XR_FAILED} Please issue 'show configuration failed'", XR_FAILED, id="xr error"
        ),
    ],
)
def test_f20_a_commit_without_proof_is_not_ok(platform: str, answer: str, words: str) -> None:
    junos = platform == "juniper_junos"
    compare, change = (JUNOS_COMPARE, JUNOS_CHANGE) if junos else (XR_COMPARE, XR_CHANGE)
    answers = {"one": "", "two": "", compare: ["", change], JUNOS_COMMIT if junos else XR_COMMIT: answer}
    result, session = run(["one", "two"], answers, platform)
    assert result.reason.startswith("the commit was refused: ") and words in result.reason
    assert result.reason.endswith("; nothing was committed, the 2 lines were discarded")
    assert (result.failed, result.changed, result.applied, result.diff) == (True, False, 0, "")
    assert session.texts[-1] == "(leave)"


def test_the_comment_is_the_users() -> None:
    comment = 'change "42"'
    answers = {"one": "", JUNOS_COMPARE: ["", JUNOS_CHANGE], "commit comment \"change '42'\"": "commit complete"}
    result, _ = run({"lines": "one", "comment": comment}, answers, "juniper_junos")
    assert not result.failed


def test_f20_a_commit_with_a_complaint_is_neither_ok_nor_undone() -> None:
    said = "re1:\nerror: could not activate\nre0:\ncommit complete"
    reply = Reply(command=JUNOS_COMMIT, output=said, duration_seconds=0.1, error="error: could not activate")
    answers = {"one": "", JUNOS_COMPARE: ["\n[edit]\n", JUNOS_CHANGE], JUNOS_COMMIT: reply}
    result, _ = run(["one"], answers, "juniper_junos")
    assert (result.failed, result.changed, result.applied, result.total) == (True, True, 1, 1)
    assert (
        result.reason == "the device committed and complained: error: could not activate; all 1 lines were committed"
        and "r9" in result.diff
    )
