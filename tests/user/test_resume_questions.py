"""What a person is asked before a job goes on: about each write in doubt in the order of the hosts, and only then whether to write."""

from __future__ import annotations

import signal

import pytest

from runner.lab import Device, Faults, Fleet
from tests.project import CANARY, COMMAND, Project
from tests.user.person import Person
from tests.user.waiting import until

CHANGE = """
- name: change
  hosts: all
  batch_size: 4
  tasks:
    - {name: ntp, config: {lines: [ntp server 10.0.0.1, ntp server 10.0.0.2]}}
"""


@pytest.fixture
def killed(project: Project) -> Fleet:
    """Four hosts, of which r3 and then r2 came into doubt when the runner was killed."""
    project.write("change.yaml", CHANGE)
    cut = Faults(hang_at_line=2)
    fleet = project.fleet(
        [Device(name=name, password=CANARY, faults=Faults() if name in "r1 r4" else cut) for name in ("r1", "r2", "r3", "r4")]
    )
    process = project.start("run", "change.yaml", "--yes")
    until(lambda: all("ntp server 10.0.0.2" in fleet.log(name) for name in ("r2", "r3")), "r2 and r3 hang in their second line")
    until(lambda: not fleet.counters("r1").live and not fleet.counters("r4").live, "r1 and r4 are done")
    process.send_signal(signal.SIGKILL)
    process.communicate()
    for name in ("r2", "r3"):
        fleet.set_faults(name, Faults())
    return fleet


def resuming(project: Project) -> Person:
    command = [*COMMAND, "resume", "last"]
    return Person(command, folder=project.folder, environment=project.environment(), columns=160)


def test_the_lines_are_shown_and_only_hosts_still_at_work_are_counted(project: Project, killed: Fleet) -> None:
    with resuming(project) as person:
        person.sees("r2: is it done on the device?")
        assert "| ntp server 10.0.0.2" in person.text
        person.types("n\n")
        person.sees("r3: is it done on the device?")
        person.types("n\n")
        person.sees("This run writes to 2 devices (tasks: ntp). Go on?")
        person.types("yes\n")
        assert person.leaves() == 0, person.text
        assert "resumed by" in person.text and "0 hosts" not in person.text
    assert [killed.counters(name).total for name in ("r1", "r2", "r3", "r4")] == [1, 2, 2, 1]


def test_f30_ctrl_c_at_a_question_touches_nothing(project: Project, killed: Fleet) -> None:
    with resuming(project) as person:
        person.sees("r2: is it done on the device?")
        person.types("\x03")
        assert person.leaves() == 7, person.text
        assert "\nstopped" in person.text.replace("\r", "")
    assert [killed.counters(name).total for name in ("r2", "r3")] == [1, 1]
    assert project.run("show", "last", "--format", "json").json["status"] == "interrupted"
    text = project.run("show", "last", "--host", "r3").stdout
    assert "| ntp server 10.0.0.2" in text and "r2" not in text
    assert project.run("show", "last").stdout.index("r2  in doubt") < project.run("show", "last").stdout.index("r3  in doubt")
