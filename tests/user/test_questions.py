"""What is asked at a terminal: host keys and passwords, each once, and Ctrl-C is always an answer."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from runner.lab import Device
from tests.project import CANARY, COMMAND, Project
from tests.user.person import Person
from tests.user.waiting import until

PLAYBOOK = "- name: audit\n  hosts: all\n  batch_size: {size}\n  tasks: [{{commands: show clock}}]\n"

PROMPT = "Password of the devices: "


def at_terminal(project: Project, *arguments: str, stdout: int | None = None) -> Person:
    return Person([*COMMAND, *arguments], folder=project.folder, environment=project.environment(), stdout=stdout)


def without_known_hosts(project: Project) -> Path:
    path = project.folder / "inventory" / "known_hosts"
    path.unlink()
    return path


def without_password(project: Project) -> None:
    """An inventory that leaves the password to be asked for."""
    path = project.folder / "inventory" / "defaults.yaml"
    path.write_text("".join(line for line in path.read_text().splitlines(keepends=True) if not line.startswith("password:")))


def test_f21_an_unknown_host_key_is_asked_about_and_the_answer_holds(project: Project) -> None:
    fleet = project.fleet(2)
    known_hosts = without_known_hosts(project)
    project.write("audit.yaml", PLAYBOOK.format(size=1))
    ports = [fleet.address(name)[1] for name in ("r1", "r2")]
    with at_terminal(project, "run", "audit.yaml") as person:
        person.sees("[yes/no]: ")
        assert f"127.0.0.1:{ports[0]}" in person.text and "SHA256:" in person.text
        person.types("perhaps\n")
        person.sees("please answer yes or no")
        person.sees("[yes/no]: ", times=2)
        person.types("yes\n")
        person.sees("[yes/no]: ", times=3)
        assert f"127.0.0.1:{ports[1]}" in person.text
        person.types("no\n")
        assert person.leaves() == 4, person.text
        assert "r2  unreachable (host_key)" in person.text
    assert fleet.log("r1").count("show clock") == 1
    assert not any(session.password_attempts for session in fleet.sessions("r2"))
    assert f"[127.0.0.1]:{ports[0]}" in known_hosts.read_text() and f"[127.0.0.1]:{ports[1]}" not in known_hosts.read_text()
    assert known_hosts.stat().st_mode & 0o777 == 0o600


def test_f21_no_answer_is_no(project: Project) -> None:
    fleet = project.fleet(1)
    without_known_hosts(project)
    with at_terminal(project, "exec", "all", "-c", "show clock") as person:
        person.sees("[yes/no]: ")
        person.types("\x04")
        assert person.leaves() == 4, person.text
    assert not any(session.password_attempts for session in fleet.sessions("r1"))


def test_f30_ctrl_c_answers_the_question_about_a_host_key(project: Project) -> None:
    fleet = project.fleet(3)
    known_hosts = without_known_hosts(project)
    with at_terminal(project, "exec", "all", "-b", "2", "-c", "show clock") as person:
        person.sees("[yes/no]: ")
        person.types("\x03")
        assert person.leaves() == 7, person.text
        person.sees("stopping:")
    assert fleet.wait_idle()
    assert not known_hosts.exists() and fleet.counters("r3").total == 0


def test_nobody_is_asked_where_nobody_sits(project: Project) -> None:
    project.fleet(1)
    without_known_hosts(project)
    run = project.run("exec", "all", "-c", "show clock", timeout=20)
    assert run.code == 4 and "[yes/no]" not in run.stderr


def test_ask_pass_asks_once_for_all_and_shows_nothing(project: Project) -> None:
    fleet = project.fleet(3)
    without_password(project)
    with at_terminal(project, "exec", "all", "--ask-pass", "-c", "show clock") as person:
        person.sees(PROMPT)
        person.types(f"{CANARY}\n")
        assert person.leaves() == 0, person.text
        assert person.text.count("Password") == 1 and CANARY not in person.text
        assert "::" not in person.text and ": :" not in person.text
    assert fleet.counters().logins == 3


def test_ask_pass_goes_before_the_inventory(project: Project) -> None:
    """As in Ansible; the wrong password is tried once at each host."""
    fleet = project.fleet(2)
    with at_terminal(project, "exec", "all", "--ask-pass", "-c", "show clock") as person:
        person.sees(PROMPT)
        person.types("mistyped-Pa55word\n")
        assert person.leaves() == 4, person.text
        assert "mistyped" not in person.text
    assert [session.password_attempts for name in ("r1", "r2") for session in fleet.sessions(name)] == [1, 1]


def test_ask_enable_asks_for_the_enable_secret(project: Project) -> None:
    fleet = project.fleet([Device("r1", password=CANARY, secret="enable-Pa55word")])
    hosts = project.folder / "inventory" / "hosts.yaml"
    hosts.write_text(hosts.read_text().replace("enable-Pa55word", "not-this-one"))
    with at_terminal(project, "exec", "all", "--ask-enable", "-c", "show running-config") as person:
        person.sees("Enable secret of the devices: ")
        person.types("enable-Pa55word\n")
        assert person.leaves() == 0, person.text
        assert "enable-Pa55word" not in person.text
    assert "show running-config" in fleet.log("r1")


@pytest.mark.parametrize("keys", ["\x03", "half\x03"], ids=["empty", "half typed"])
def test_f30_ctrl_c_at_the_password_ends_at_once(project: Project, keys: str) -> None:
    fleet = project.fleet(2)
    with at_terminal(project, "exec", "all", "--ask-pass", "-c", "show clock") as person:
        person.sees(PROMPT)
        person.types(keys)
        assert person.leaves() == 7, person.text
        assert "stopped" in person.text and "half" not in person.text
    assert fleet.counters().total == 0


def test_an_empty_password_is_no_password(project: Project) -> None:
    fleet = project.fleet(1)
    with at_terminal(project, "exec", "all", "--ask-pass", "-c", "show clock") as person:
        person.sees(PROMPT)
        person.types("\n")
        assert person.leaves() == 3, person.text
        assert "nothing was typed for --ask-pass" in person.text
    assert fleet.counters().total == 0


@pytest.mark.parametrize(("given", "code"), [(f"{CANARY}\n", 0), ("", 3)], ids=["a line", "nothing"])
def test_without_a_terminal_the_password_is_the_first_line_of_stdin(project: Project, given: str, code: int) -> None:
    project.fleet(2)
    without_password(project)
    done = subprocess.run(
        [*COMMAND, "exec", "all", "--ask-pass", "-c", "show clock"],
        cwd=project.folder,
        env=project.environment(),
        input=given,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == code, done.stderr
    assert CANARY not in done.stdout + done.stderr and "Warning" not in done.stderr


def test_the_question_does_not_get_into_results(project: Project) -> None:
    project.fleet(1)
    without_known_hosts(project)
    results = project.folder / "results.json"
    with (
        results.open("wb") as stdout,
        at_terminal(project, "exec", "all", "-c", "show clock", "--format", "json", stdout=stdout.fileno()) as person,
    ):
        person.sees("[yes/no]: ")
        person.types("y\n")
        assert person.leaves() == 0, person.text
    until(lambda: results.read_text().rstrip().endswith("}"), "the document is written")
    assert results.read_text().startswith("{")
