"""`--report junit=FILE`: written whole at the end of every run, refused before it where it cannot be, and its own error code."""

from __future__ import annotations

import stat
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from runner.lab import Faults
from tests.project import CANARY, Project

PLAYBOOK = """
- name: Audit
  hosts: all
  batch_size: 2
  tasks:
    - name: Clock
      commands: show clock
      on_result: [{expect: {that: "'UTC' in output", message: "no clock, but {{ output }}"}}]
"""


@pytest.fixture
def mixed(project: Project) -> Project:
    """r1 is well, r2 refuses, r3 answers with what no document likes, and with its password."""
    fleet = project.fleet(3)
    fleet.set_faults("r2", Faults(refuse=True))
    fleet.set_faults("r3", Faults(raw_output={"show clock": b"\x00\xff\x1b[2J ]]> " + CANARY.encode() + b"\r\n"}))
    project.write("audit.yaml", PLAYBOOK)
    return project


def root_of(file: Path) -> ElementTree.Element:
    return ElementTree.parse(file).getroot()  # noqa: S314  # the file is ours


def test_a_report_tells_what_happened(mixed: Project) -> None:
    run = mixed.run("run", "audit.yaml", "--report", "junit=out/report.xml", "--report", "junit=second.xml", "--format", "json")
    assert run.code == 4 and run.json["exit_code"] == 4
    file = mixed.folder / "out" / "report.xml"
    root = root_of(file)
    assert [root.attrib[name] for name in ("tests", "errors", "failures", "skipped")] == ["4", "1", "1", "1"]
    assert [found.attrib["value"] for found in root.iterfind("testsuite/properties/property[@name='job']")] == [run.json["id"]]
    assert CANARY not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert (mixed.folder / "second.xml").exists()
    assert not [*mixed.folder.rglob("*.part")]


def test_exec_writes_one_too(mixed: Project) -> None:
    assert mixed.run("exec", "r1", "-c", "show clock", "--report", "junit=x.xml").code == 0
    assert root_of(mixed.folder / "x.xml").attrib["tests"] == "1"


def test_after_a_stop_it_is_written(project: Project) -> None:
    fleet = project.fleet(3)
    fleet.set_faults("r1", Faults(hang_at="command"))
    project.write("audit.yaml", PLAYBOOK)
    process = project.start("run", "audit.yaml", "-b", "1", "--report", "junit=x.xml", "--format", "ndjson")
    assert process.stdout is not None
    while "host_connected" not in process.stdout.readline():
        assert process.poll() is None, "ended without a connection"
    process.send_signal(2)
    process.communicate(timeout=30)
    assert process.returncode == 7
    root = root_of(project.folder / "x.xml")
    assert (root.attrib["tests"], root.attrib["skipped"]) == ("3", "3")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("junt=x.xml", "did you mean 'junit'?"),
        ("html=x.html", "kinds: junit"),
        ("x.xml", "write KIND=FILE"),
        ("junit=", "write KIND=FILE"),
        ("junit=inventory", "names a folder"),
        ("junit=audit.yaml", "names a file that is no such report and would be replaced"),
    ],
)
def test_a_wrong_one_is_refused_before_anything_is_touched(mixed: Project, text: str, said: str) -> None:
    run = mixed.run("run", "audit.yaml", "--report", text)
    assert run.code == 3 and said in run.stderr and "connect" not in run.stderr


def test_one_that_cannot_be_written_is_said_and_costs_nothing_else(mixed: Project) -> None:
    (mixed.folder / "link.xml").symlink_to("elsewhere.xml")
    mixed.write("file", "")
    run = mixed.run(
        "run",
        "audit.yaml",
        "-l",
        "r1",
        "--report",
        "junit=link.xml",
        "--report",
        "junit=file/x.xml",
        "--report",
        "junit=ok.xml",
        "--format",
        "json",
    )
    assert run.code == 1 and run.json["exit_code"] == 0
    assert "error: report junit=link.xml was not written: 'link.xml' is a symbolic link" in run.stderr
    assert "error: report junit=file/x.xml was not written" in run.stderr
    assert (mixed.folder / "ok.xml").exists()
