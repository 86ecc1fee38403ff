"""`lab up` and `demo`: the lab that the repository's inventory and playbooks are made for, started and left as a user would."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.project import Project

ROOT = Path(__file__).parent.parent.parent
FIRST_PORT = 20001


@dataclass
class Lab:
    """A lab in a process of its own; `said` is what it printed up to being ready."""

    process: subprocess.Popen[str]
    first_port: int
    said: list[str]

    def ends(self, number: signal.Signals = signal.SIGTERM) -> str:
        """Stop it; it must end by itself, with code 0. Gives what it said last."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=20)
        assert self.process.returncode == 0 and err == "", err
        return out


@contextmanager
def lab_up(project: Project, first_port: int, devices: int, inventory: str = "mine") -> Iterator[Lab | str]:
    """A running lab, or what it complained about."""
    process = project.start("lab", "up", "--first-port", str(first_port), "--devices", str(devices), "-i", inventory)
    assert process.stdout is not None
    try:
        said = [process.stdout.readline(), process.stdout.readline()]
        if all(said):
            yield Lab(process, first_port, said)
        else:
            _, err = process.communicate(timeout=20)
            assert process.returncode == 3, err
            yield err
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


@contextmanager
def somewhere(project: Project, devices: int = 25, inventory: str = "mine") -> Iterator[Lab]:
    """A lab on ports that happen to be free, with an inventory of its own."""
    for attempt in range(30):
        with lab_up(project, 20100 + (os.getpid() * 37 + attempt * 101) % 10000, devices, inventory) as lab:
            if isinstance(lab, Lab):
                yield lab
                return
            assert "already in use" in lab
    pytest.fail("no ports are free")


@pytest.fixture
def clone(project: Project) -> Project:
    """What a clone has: the inventory and the playbooks of the repository, and no known hosts."""
    shutil.copytree(ROOT / "inventory", project.folder / "inventory", ignore=shutil.ignore_patterns("known_hosts"))
    shutil.copytree(ROOT / "playbooks", project.folder / "playbooks")
    return project


def test_the_repositorys_playbooks_run_on_a_lab_with_strict_host_keys(clone: Project) -> None:
    with somewhere(clone) as lab:
        last = lab.first_port + 24
        assert lab.said[0] == f"25 routers up: r1 on 127.0.0.1:{lab.first_port} to r25 on :{last}, user admin, password admin\n"
        known_hosts = clone.folder / "mine" / "known_hosts"
        assert known_hosts.stat().st_mode & 0o777 == 0o600 and len(known_hosts.read_text().splitlines()) == 25
        audit = clone.run("run", "playbooks/ospf_audit.yaml", "-i", "mine", "--host-keys", "strict", "--format", "json")
        assert audit.code == 0, audit.stderr
        assert [len(batch["device_ids"]) for batch in audit.json["batches"]] == [10, 10, 5]
        facts = clone.run("run", "playbooks/facts.yaml", "-i", "mine")
        assert facts.code == 0 and "warning" not in facts.stderr, facts.stderr
        said = lab.ends()
    assert re.fullmatch(r"lab stopped: 50 sessions served, at most \d+ at once, \d+ commands\n", said)
    keys = list(clone.folder.rglob("lab_host_key"))
    assert [path.stat().st_mode & 0o777 for path in keys] == [0o600]
    assert keys[0].is_relative_to(clone.folder / "home"), "the key is no file of the project"


def test_a_restarted_lab_is_the_same_to_its_users(clone: Project) -> None:
    with somewhere(clone, devices=2) as lab:
        first = lab.first_port
        assert clone.run("exec", "all", "-i", "mine", "-c", "show clock").code == 0
        lab.ends(signal.SIGINT)
    known_hosts = clone.folder / "mine" / "known_hosts"
    known_hosts.write_text(known_hosts.read_text() + "other ssh-ed25519 AAAA\n")
    with lab_up(clone, first, 2) as again:
        if isinstance(again, Lab):  # somebody else may have taken the ports meanwhile
            assert clone.run("exec", "all", "-i", "mine", "-c", "show clock").code == 0
            assert known_hosts.read_text().count("other ssh-ed25519 AAAA") == 1
            again.ends()


def test_the_ports_that_the_repositorys_inventory_names(clone: Project) -> None:
    """On a machine where another lab is up, all that can be asked for is a clear word; `somewhere` does the rest."""
    with lab_up(clone, FIRST_PORT, 25, "inventory") as lab:
        if isinstance(lab, str):
            assert re.search(r"^error: port 200\d\d on 127\.0\.0\.1 is already in use", lab), lab
            return
        run = clone.run("run", "playbooks/ospf_audit.yaml", "--format", "json")
        assert run.code == 0, run.stderr
        lab.ends()


def test_a_busy_port_is_named_and_nothing_is_left_half_started(clone: Project) -> None:
    with somewhere(clone, devices=3) as lab:
        run = clone.run("lab", "up", "-i", "other", "--first-port", str(lab.first_port - 1), "--devices", "3")
        assert run.code == 3
        assert run.stderr.startswith(f"error: port {lab.first_port} on 127.0.0.1 is already in use")
        if Path("/proc/net/tcp").exists():
            assert f"(pid {lab.process.pid})" in run.stderr
        assert not (clone.folder / "other").exists()
        with socket.socket() as sock:  # the port below the busy one was let go again
            assert sock.connect_ex(("127.0.0.1", lab.first_port - 1)) != 0
        lab.ends()


def test_an_inventory_that_names_other_ports_is_warned_about(clone: Project) -> None:
    with somewhere(clone, devices=1, inventory="inventory") as lab:
        lab.process.terminate()
        _, err = lab.process.communicate(timeout=20)
        assert "warning: inventory/hosts.yaml does not name these ports" in err and f"--first-port {lab.first_port} -i NEW_FOLDER" in err


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--devices", "0"], "--devices"),
        (["--first-port", "80"], "--first-port"),
        (["--first-port", "65000", "--devices", "1000"], "65000"),
        (["-i", "playbooks/facts.yaml", "--devices", "1"], "playbooks/facts.yaml"),
        (["--fault", "r26=down"], "no device 'r26'"),
        (["--fault", "r1=explode"], "refuse"),
    ],
    ids=["none", "privileged", "beyond", "no folder", "no such device", "no such fault"],
)
def test_what_lab_up_cannot_do_is_said(clone: Project, arguments: list[str], word: str) -> None:
    run = clone.run("lab", "up", *arguments)
    assert run.code == 3 and word in run.stderr, run.stderr


def test_demo(project: Project) -> None:
    """Three batches, 25 hosts ok, and what the devices counted; outputs where it says."""
    run = project.run("demo", env={"TMPDIR": str(project.folder)})
    assert run.code == 0, run.stderr
    assert run.stdout.splitlines()[-1].startswith("3 batches, 25 hosts: 25 ok; at most 10 sessions at once")
    seen = re.search(r"the routers counted 25 sessions, at most (\d+) at once, 0 left open", run.stderr)
    assert seen is not None and int(seen[1]) <= 10
    folder = re.search(r"outputs, playbook and inventory are in (.+)", run.stderr)
    assert folder is not None and Path(folder[1]).is_relative_to(project.folder)
    assert len(list(Path(folder[1]).glob("reports/*/show-ip-ospf-neighbor.txt"))) == 25


def test_demo_in_a_folder_of_ones_own_as_json(project: Project) -> None:
    run = project.run("demo", "--devices", "6", "-b", "4", "--output-dir", "mine", "--format", "json")
    assert run.code == 0, run.stderr
    assert [len(batch["device_ids"]) for batch in run.json["batches"]] == [4, 2]
    assert (project.folder / "mine" / "ospf_audit.yaml").is_file() and (project.folder / "mine" / "inventory" / "hosts.yaml").is_file()
    assert project.run("demo", "--devices", "2", "--output-dir", "mine").code == 0, "a second time"
