"""Before and after a change over the fleet: two `exec` jobs compared."""

from __future__ import annotations

import pytest

from tests.project import Project

CHANGE = """
- name: change
  hosts: r1,r2,r4
  tasks:
    - {name: ntp, config: {lines: ["ntp server 10.0.0.{{ 9 if host.name == 'r4' else 5 }}"]}}
"""


@pytest.fixture
def changed(project: Project) -> tuple[Project, str]:
    """Five devices, of which three were changed in between; r5 was looked at only before. Gives the first job's id too."""
    project.fleet(5)
    project.write("change.yaml", CHANGE)
    look = ("-c", "show running-config", "-c", "show version")
    first = project.run("exec", "all", *look, "--format", "json").json["id"]
    assert project.run("run", "change.yaml", "--yes").code == 0
    assert project.run("exec", "all,!r5", *look).code == 0
    return project, first


def test_before_and_after(changed: tuple[Project, str]) -> None:
    project, first = changed
    run = project.run("diff", first, "last", "--detailed-exitcode")
    assert run.code == 8
    text = run.stdout
    assert "only in the first job (1): r5" in text
    assert "== show version: the same on 4 hosts" in text
    assert "== show running-config: the same on 1 host, different on 3" in text
    assert "4 hosts compared: 1 the same, 3 different" in text
    assert text.index("-- 1 host: r4") < text.index("  +ntp server 10.0.0.9") < text.index("-- 2 hosts: r1,r2 (shown: r1)")
    assert "  +ntp server 10.0.0.5" in text and "\x1b" not in text
    assert project.run("diff", "last~2", "last").stdout == text


def test_as_json_of_some_hosts_and_commands(changed: tuple[Project, str]) -> None:
    project, first = changed
    found = project.run("diff", first, "last", "--host", "r1,r3", "--command", "show run*", "--format", "json").json
    assert (found["before"], found["different"], found["hosts"]) == (first, True, ["r1", "r3"])
    [command] = found["commands"]
    assert (command["command"], command["same"], [change["hosts"] for change in command["changes"]]) == (
        "show running-config",
        ["r3"],
        [["r1"]],
    )
    assert "+ntp server 10.0.0.5" in command["changes"][0]["diff"]


def test_no_difference(changed: tuple[Project, str]) -> None:
    project, first = changed
    assert project.run("diff", "last", "last", "--detailed-exitcode").code == 0
    ignored = project.run("diff", first, "last", "--host", "r1", "--ignore", "ntp server", "--ignore", "^!$", "--detailed-exitcode")
    assert ignored.code == 0, ignored.stdout
    wrong = project.run("diff", first, "last", "--ignore", "(")
    assert wrong.code == 3 and "no regular expression" in wrong.stderr
    assert "is no host of these jobs" in project.run("diff", first, "last", "--host", "r9").stderr
