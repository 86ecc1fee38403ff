"""The text of a plan stays readable with ten thousand hosts; -v shows everything."""

from __future__ import annotations

import pytest

from tests.project import Project

PLAYBOOK = """\
- hosts: all
  tasks:
    - commands: show ip route {{ rack }}
"""


@pytest.fixture
def large(project: Project) -> Project:
    """Two thousand hosts with a value each."""
    project.write(
        "inventory/hosts.yaml", "".join(f"r{number:04}: {{platform: cisco_ios, data: {{rack: {number}}}}}\n" for number in range(2000))
    )
    project.write("p.yaml", PLAYBOOK)
    return project


def test_of_many_batches_a_few_are_shown(large: Project) -> None:
    done = large.run("plan", "p.yaml")
    lines = done.stdout.splitlines()
    assert done.code == 0 and len(lines) < 30
    assert "  batch 10:  10  r0090 r0091 r0092 r0093 r0094 r0095 r0096 r0097 r0098 r0099" in lines
    assert "  (189 more batches; -v shows them all)" in lines
    assert "  batch 200:  10  r1990 r1991 r1992 r1993 r1994 r1995 r1996 r1997 r1998 r1999" in lines


def test_of_a_large_batch_a_few_hosts_are_shown(large: Project) -> None:
    done = large.run("plan", "p.yaml", "--batch-size", "0")
    names = " ".join(f"r{number:04}" for number in range(10))
    assert f"  batch 1: 2000  {names} and 1990 more (-v shows them all)" in done.stdout.splitlines()


def test_v_shows_every_batch_and_host(large: Project) -> None:
    done = large.run("plan", "p.yaml", "-v")
    assert sum(line.startswith("  batch ") for line in done.stdout.splitlines()) == 200
    assert done.stdout.count("show ip route") == 2000


def test_hosts_are_one_a_line_and_counted(large: Project) -> None:
    done = large.run("hosts")
    assert len(done.stdout.splitlines()) == 2000 and done.stderr == "2000 of 2000 hosts\n"
