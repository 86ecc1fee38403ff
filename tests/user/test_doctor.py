"""`doctor HOST`: on each broken device the step that fails, its hint, the exit code, and one connection by the lab's count."""

from __future__ import annotations

from typing import Any

import pytest

from runner.lab import Device, Faults, Fleet
from tests.project import CANARY, Project

STEPS = ["dns", "tcp", "banner", "host key", "auth", "shell", "prompt", "paging off", "close"]


def devices(**named: dict[str, Any]) -> list[Device]:
    return [Device(name=name, **{"password": CANARY, **more}) for name, more in named.items()]


def change(project: Project, host: str, line: str) -> None:
    """Put one more line into a host of the inventory."""
    file = project.folder / "inventory" / "hosts.yaml"
    file.write_text(file.read_text().replace(f"\n{host}:\n", f"\n{host}:\n  {line}\n"))


def steps(document: Any) -> dict[str, str]:
    return {step["step"]: step["status"] for step in document["steps"]}


def failed(document: Any) -> Any:
    [step] = [step for step in document["steps"] if step["status"] == "failed"]
    return step


BROKEN: dict[str, tuple[dict[str, Any], str, list[str], int, int]] = {
    "refused": ({"faults": Faults(refuse=True)}, "tcp", ["refused", "check the port"], 0, 0),
    "silent": ({"faults": Faults(hang_at="banner")}, "banner", ["says nothing"], 1, 0),
    "not ssh": ({"faults": Faults(not_ssh=b"HTTP/1.1 400\r\n")}, "banner", ["'HTTP/1.1 400'", "check the port"], 1, 0),
    "changed key": ({"faults": Faults(other_host_key=True)}, "host key", ["no password was sent", "ssh-keygen -R"], 1, 0),
    "old algorithms": ({"faults": Faults(old_algorithms=True)}, "host key", ["legacy_algorithms: true"], 1, 0),
    "wrong password": ({"faults": Faults(reject_password=True)}, "auth", ["rejected user 'admin'", "check the user name"], 1, 1),
    "vty full": ({"faults": Faults(vty_full=True)}, "shell", ["no free session", "show users"], 1, 1),
    "no prompt": ({"faults": Faults(hang_at="prompt")}, "prompt", ["none was seen in time"], 1, 1),
    "closed": ({"faults": Faults(close_at="prompt")}, "prompt", ["closed the session at login"], 1, 1),
    "wrong enable secret": ({"secret": "another-secret"}, "enable", ["did not grant privileged mode", "--ask-enable"], 1, 1),
}


@pytest.mark.parametrize(("what", "step", "said", "connections", "logins"), BROKEN.values(), ids=BROKEN)
def test_f1_to_f9_a_broken_device(
    project: Project, what: dict[str, Any], step: str, said: list[str], connections: int, logins: int
) -> None:
    """The line of the step says what is wrong and what mends it; the steps before it are ok, those after it not reached."""
    fleet = project.fleet(devices(r1=what))
    if "secret" in what:
        file = project.folder / "inventory" / "hosts.yaml"
        file.write_text(file.read_text().replace("another-secret", "wrong-secret"))
    run = project.run("doctor", "r1", "--connect-timeout", "3")
    assert run.code == 4
    lines = [line for line in run.stdout.splitlines()[1:] if "hint:" not in line]
    names = [*STEPS[:-1], "enable", "close"] if "secret" in what else STEPS
    assert [line[:12].strip() for line in lines] == names
    at = names.index(step)
    assert all(" ok " in line for line in lines[:at]) and " failed " in lines[at]
    assert all("not reached" in line for line in lines[at + 1 :])
    told = " ".join(run.stdout.splitlines()[at + 1 : at + 3])
    assert all(each in told for each in said), told
    assert fleet.wait_idle() and fleet.counters().total == connections
    assert sum(session.password_attempts for session in fleet.sessions("r1")) == logins


def test_a_healthy_device(project: Project) -> None:
    fleet = project.fleet(devices(r1={"secret": "canary-enable"}))
    run = project.run("doctor", "r1", "--format", "json")
    assert run.code == 0 and run.json["exit_code"] == 0
    assert steps(run.json) == dict.fromkeys([*STEPS[:-1], "enable", "close"], "ok")
    details = {step["step"]: " ".join(step["details"]) for step in run.json["steps"]}
    assert details["tcp"] == "connected to 127.0.0.1" and details["banner"].startswith("SSH-2.0-Cisco")
    assert details["host key"].startswith("ED25519 SHA256:") and details["host key"].endswith(", known")
    assert details["auth"] == "user 'admin' by password (method password)"
    assert (details["prompt"], details["enable"]) == ("prompt r1>", "stands at r1#")
    assert all(step["milliseconds"] >= 0 for step in run.json["steps"])
    assert "canary" not in run.stdout + run.stderr
    assert fleet.wait_idle()
    assert [session.password_attempts for session in fleet.sessions("r1")] == [1]


def test_nothing_is_asked_of_the_device_but_what_sets_the_session_up(project: Project) -> None:
    fleet = project.fleet(devices(r1={}))
    assert project.run("doctor", "r1").code == 0
    assert fleet.wait_idle()
    assert all("terminal " in line for line in fleet.log("r1")), fleet.log("r1")


WRONG_PLATFORMS = {
    "junos for ios": ("cisco_ios", "juniper_junos", "SSH-2.0-Cisco", "failed", 4),
    "ios for junos": ("juniper_junos", "cisco_ios", "looks like Junos", "failed", 2),
    "eos for ios": ("cisco_ios", "arista_eos", "SSH-2.0-Cisco", "failed", 4),
    "linux for ios": ("cisco_ios", "linux", "SSH-2.0-Cisco", "odd", 0),
}


@pytest.mark.parametrize(("really", "written", "guess", "status", "code"), WRONG_PLATFORMS.values(), ids=WRONG_PLATFORMS)
def test_f20e_a_wrong_platform(project: Project, really: str, written: str, guess: str, status: str, code: int) -> None:
    fleet = project.fleet(devices(r1={"platform": really}, r2={}))
    file = project.folder / "inventory" / "hosts.yaml"
    text = file.read_text().replace(f"  platform: {really}\n", "")
    file.write_text(text.replace("\nr1:\n", f"\nr1:\n  platform: {written}\n"))
    run = project.run("doctor", "r1", "--connect-timeout", "40", "--format", "json")
    assert run.json["cause"] == ("failed" if code == 4 else None), "it was not found out before the time was over"
    [step] = [step for step in run.json["steps"] if step["status"] in ("odd", "failed")]
    assert (step["step"], step["status"], run.code) == ("paging off", status, code)
    assert guess in step["reason"] + step["hint"] and f"platform is {written}" in step["reason"] + step["hint"]
    assert "check that 'platform' in the inventory" in step["hint"]
    assert (step["reason"] + step["hint"]).count("looks like") <= 1, "nothing is said twice"
    assert fleet.wait_idle() and fleet.counters("r1").total == 1


def test_a_platform_that_nobody_knows(project: Project) -> None:
    fleet = project.fleet(devices(r1={}))
    change(project, "r1", "platform: nonsense")
    run = project.run("doctor", "r1", "--format", "json")
    assert run.code == 4 and failed(run.json)["step"] == "platform" and "'nonsense' is unknown" in failed(run.json)["reason"]
    assert fleet.counters().total == 0


def test_a_name_that_is_not_known(project: Project) -> None:
    project.fleet(devices(r1={}))
    file = project.folder / "inventory" / "hosts.yaml"
    file.write_text(file.read_text().replace("hostname: 127.0.0.1", "hostname: no-such-name.invalid"))
    run = project.run("doctor", "r1", "--format", "json")
    assert run.code == 4 and failed(run.json)["step"] == "dns" and "check 'hostname'" in failed(run.json)["hint"]


def through_a_jump_host(project: Project, **bastion: Any) -> Fleet:
    fleet = project.fleet(devices(bastion={"jump": True, **bastion}, r1={}))
    change(project, "r1", "jump_host: bastion")
    return fleet


def test_a_jump_host_has_its_own_steps(project: Project) -> None:
    fleet = through_a_jump_host(project)
    run = project.run("doctor", "r1", "--format", "json")
    assert run.code == 0, run.stdout
    at = [(step["jump_host"], step["step"]) for step in run.json["steps"]]
    assert at[:5] == [("bastion", name) for name in STEPS[:5]]
    assert at[5:] == [(None, name) for name in STEPS[1:]]
    assert fleet.wait_idle() and (fleet.counters("bastion").total, fleet.counters("r1").total) == (1, 1)


def test_a_jump_host_that_does_not_let_in(project: Project) -> None:
    fleet = through_a_jump_host(project, faults=Faults(reject_password=True))
    run = project.run("doctor", "r1")
    assert run.code == 4
    [line] = [line for line in run.stdout.splitlines() if " failed " in line]
    assert line.startswith("bastion auth") and "jump host bastion" in line
    assert fleet.wait_idle() and (fleet.counters("bastion").total, fleet.counters("r1").total) == (1, 0)


def test_behind_a_jump_host_nobody_listens(project: Project) -> None:
    fleet = through_a_jump_host(project)
    fleet.set_faults("r1", Faults(refuse=True))
    run = project.run("doctor", "r1", "--format", "json")
    assert run.code == 4 and failed(run.json)["step"] == "tcp" and "as the jump host sees them" in failed(run.json)["hint"]


@pytest.mark.parametrize(("host", "said"), [("r11", "did you mean 'r1'?"), ("all", "by its name")])
def test_one_host_of_the_inventory(project: Project, host: str, said: str) -> None:
    project.fleet(devices(r1={}))
    run = project.run("doctor", host)
    assert (run.code, run.stdout) == (3, "") and said in run.stderr
