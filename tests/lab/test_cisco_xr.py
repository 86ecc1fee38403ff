"""What IOS-XR does beyond what every platform does: two stages, commits, and questions about lines that wait."""

from __future__ import annotations

import re
from collections.abc import Iterator

import paramiko
import pytest
from netmiko.base_connection import BaseConnection
from netmiko.cisco.cisco_xr import CiscoXrSSH
from ntc_templates.parse import parse_output

from runner.lab import Asked, Commit, Device, Faults, Fleet
from tests.lab.client import ask, netmiko, read_until, shell

PROMPT, CONFIG = "RP/0/RP0/CPU0:r1#", "RP/0/RP0/CPU0:r1(config)#"
LEAVE = "Uncommitted changes found, commit them before exiting(yes/no/cancel)? [cancel]:"
STAMP = re.compile(r"[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d\.\d{3} UTC\n")


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    with Fleet(Device.fleet(2, platform="cisco_xr")) as running:
        yield running
        assert running.wait_idle(), running.counters()
    assert running.problems() == ()


@pytest.fixture
def session(fleet: Fleet) -> Iterator[paramiko.Channel]:
    """A shell in configuration mode in which a line waits."""
    with shell(fleet, "r1") as channel:
        start(channel)
        yield channel


def start(channel: paramiko.Channel, line: str = "domain name other.example") -> None:
    read_until(channel, PROMPT.encode())
    ask(channel, "terminal length 0", PROMPT)
    ask(channel, "configure", CONFIG)
    assert ask(channel, line, CONFIG) == ""


def xr(connection: BaseConnection) -> CiscoXrSSH:
    assert isinstance(connection, CiscoXrSSH)
    return connection


def test_every_show_begins_with_the_time_that_no_filter_touches(fleet: Fleet) -> None:
    with shell(fleet, "r1") as channel:
        read_until(channel, PROMPT.encode())
        output = ask(channel, "show running-config | include ^hostname", PROMPT)
        assert STAMP.sub("", output, count=1) == "hostname r1\n"
        assert STAMP.match(output)
        ask(channel, "terminal exec prompt no-timestamp", PROMPT)
        assert ask(channel, "show running-config | include ^hostname", PROMPT) == "hostname r1\n"


@pytest.mark.parametrize(
    ("said", "commit"),
    [
        ("", {}),
        (" comment job 7 step 2", {"comment": "job 7 step 2"}),
        (" label first", {"label": "first"}),
        (" label first comment why not", {"label": "first", "comment": "why not"}),
        (" confirmed 120", {"confirmed": 120}),
        (" confirmed minutes 2", {"confirmed": 120}),
    ],
)
def test_f20_a_commit_makes_lines_effective(session: paramiko.Channel, fleet: Fleet, said: str, commit: dict[str, str]) -> None:
    assert "other.example" not in fleet.running_config("r1")
    assert STAMP.fullmatch(ask(session, f"commit{said}", CONFIG))
    assert fleet.sessions("r1")[0].commits == (Commit(**{"lines": ("domain name other.example",), **commit}),)  # type: ignore[arg-type]  # by rows
    assert "domain name other.example" in fleet.saved_config("r1")
    ask(session, "end", PROMPT)


def test_f20_lines_that_wait_are_shown_and_can_be_thrown_away(session: paramiko.Channel, fleet: Fleet) -> None:
    ask(session, "no ntp server 172.16.0.1", CONFIG)
    shown = ask(session, "show configuration", CONFIG)
    assert "!! IOS XR Configuration 7.3.2\ndomain name other.example\nno ntp server 172.16.0.1\nend\n" in shown
    ask(session, "clear", CONFIG)
    assert "domain" not in ask(session, "show configuration", CONFIG)
    assert "% No configuration changes to commit." in ask(session, "commit", CONFIG)
    ask(session, "end", PROMPT)
    record = fleet.sessions("r1")[0]
    assert (record.commits, record.asked) == ((), ())


@pytest.mark.parametrize("leave", ["end", "exit", "\x1a"])
@pytest.mark.parametrize(
    ("answer", "prompt", "effective"), [("yes", PROMPT, True), ("no", PROMPT, False), ("cancel", CONFIG, False), ("", CONFIG, False)]
)
def test_f20_leaving_asks_about_lines_that_wait(
    session: paramiko.Channel, fleet: Fleet, leave: str, answer: str, prompt: str, effective: bool
) -> None:
    session.sendall(leave.encode() if leave == "\x1a" else f"{leave}\n".encode())
    read_until(session, LEAVE.encode())
    ask(session, answer, prompt)
    assert ("other.example" in fleet.running_config("r1")) == effective
    assert fleet.sessions("r1")[0].asked == (Asked(text=LEAVE, answer=answer),)


def test_f20_abort_and_a_lost_session_leave_nothing(session: paramiko.Channel, fleet: Fleet) -> None:
    before = fleet.running_config("r1")
    ask(session, "abort", PROMPT)
    ask(session, "configure", CONFIG)
    ask(session, "domain name third.example", CONFIG)
    session.close()
    assert fleet.wait_idle()
    assert fleet.running_config("r1") == before


def test_f20_a_commit_that_fails_keeps_the_lines(session: paramiko.Channel, fleet: Fleet) -> None:
    fleet.set_faults("r1", Faults(commit_fails=True))
    assert "% Failed to commit one or more configuration items during a pseudo-atomic operation." in ask(session, "commit", CONFIG)
    assert "other.example\n!!% The process rejected" in ask(session, "show configuration failed", CONFIG)
    assert "other.example" in ask(session, "show configuration", CONFIG)
    assert "other.example" not in fleet.running_config("r1")
    assert [commit.done for commit in fleet.sessions("r1")[0].commits] == [False]


def test_f20_netmiko_sees_the_commit_that_fails(fleet: Fleet) -> None:
    fleet.set_faults("r1", Faults(commit_fails=True))
    with netmiko(fleet, "r1", platform="cisco_xr") as connection:
        connection.send_config_set(["hostname renamed"])
        with pytest.raises(ValueError, match="Commit failed"):
            xr(connection).commit()
        connection.exit_config_mode()
        assert connection.find_prompt() == PROMPT


def test_two_sessions_have_their_own_lines_and_the_second_commit_asks(session: paramiko.Channel, fleet: Fleet) -> None:
    with shell(fleet, "r1") as other:
        start(other, "ntp server 10.0.0.9")
        assert "other.example" not in ask(other, "show configuration", CONFIG)
        ask(session, "commit", CONFIG)
        other.sendall(b"commit\n")
        read_until(other, b"Do you wish to proceed with this commit anyway? [no]: ")
        ask(other, "no", CONFIG)
        assert "10.0.0.9" not in fleet.running_config("r1")
        other.sendall(b"commit\n")
        read_until(other, b"[no]: ")
        ask(other, "yes", CONFIG)
    assert "10.0.0.9" in fleet.running_config("r1")
    assert "other.example" in fleet.running_config("r1")


def test_f16_a_name_changes_with_the_commit(fleet: Fleet) -> None:
    with netmiko(fleet, "r1", platform="cisco_xr") as connection:
        connection.send_config_set(["hostname renamed"])
        assert connection.find_prompt() == CONFIG
        xr(connection).commit(comment="by hand")
        assert connection.find_prompt() == CONFIG.replace("r1", "renamed")
        connection.exit_config_mode()
        connection.set_base_prompt()
        output = str(connection.send_command("show configuration commit list"))
        rows = parse_output(platform="cisco_xr", command="show configuration commit list", data=output)
        assert [(row["commit"], row["user"]) for row in rows] == [("1000000001", "admin")]
        assert "by hand" in str(connection.send_command("show configuration commit list detail"))


@pytest.mark.parametrize(
    ("lines", "place"),
    [
        (["interface gi0/0/0/1"], "config-if"),
        (["router ospf 1", "area 0"], "config-ospf-ar"),
        (["router ospf 1", "area 0", "interface gi0/0/0/1"], "config-ospf-ar-if"),
        (["router ospf 1", "area 0", "interface gi0/0/0/1", "exit", "exit"], "config-ospf"),
        (["router ospf 1", "area 0", "interface gi0/0/0/1", "root"], "config"),
        (["router ospf 1", "area 0", "hostname x"], "config"),
        (["router bgp 65000", "neighbor 10.0.0.2", "remote-as 65001", "address-family ipv4 unicast"], "config-af"),
        (["area 0"], "config"),
    ],
)
def test_nested_sections(fleet: Fleet, lines: list[str], place: str) -> None:
    with netmiko(fleet, "r1", platform="cisco_xr") as connection:
        connection.send_config_set(lines)
        assert connection.find_prompt() == f"RP/0/RP0/CPU0:r1({place})#"


def test_lines_of_nested_sections_and_removed_ones(fleet: Fleet) -> None:
    with netmiko(fleet, "r1", platform="cisco_xr") as connection:
        connection.send_config_set(
            ["router ospf 1", "area 0", "interface lo7", "passive enable", "exit", "no interface lo0", "no username admin"]
        )
        xr(connection).commit()
        connection.exit_config_mode()
        output = str(connection.send_command("show running-config router ospf 1"))
    assert "  interface Loopback7\n   passive enable\n  !\n !\n!\n" in output
    assert "Loopback0" not in output
    assert "username" not in fleet.running_config("r1")


@pytest.mark.parametrize(
    ("line", "wrong"),
    [("ipv4 address 10.0.0.300 255.255.255.0", "10.0.0.300"), ("ipv4 address 10.0.0.1 255.0.255.0", "255.0.255.0"), ("mtu 1", "1")],
)
def test_f13_lines_that_are_refused_before_any_commit(fleet: Fleet, line: str, wrong: str) -> None:
    with shell(fleet, "r1") as channel:
        start(channel, "hostname r9")
        prompt = CONFIG.replace("config", "config-if")
        ask(channel, "interface lo7", prompt)
        caret = " " * (len(prompt) + line.rindex(wrong))
        assert ask(channel, line, prompt) == f"{caret}^\n% Invalid input detected at '^' marker.\n"
    assert line not in fleet.config_lines("r1")
