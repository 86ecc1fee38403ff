"""What Arista EOS does beyond what every platform does: its words, its prompts in sections, its settings that answer."""

from __future__ import annotations

from collections.abc import Iterator

import paramiko
import pytest
from ntc_templates.parse import parse_output

from runner.lab import Device, Fleet
from tests.lab.client import ask, is_silent, netmiko, read_until, shell


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    with Fleet(Device.fleet(3, platform="arista_eos")) as running:
        yield running
        assert running.wait_idle(), running.counters()
    assert running.problems() == ()


@pytest.fixture
def session(fleet: Fleet) -> Iterator[paramiko.Channel]:
    with shell(fleet, "r1") as channel:
        read_until(channel, b"r1#")
        ask(channel, "terminal length 0")
        yield channel


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("show bogus", "% Invalid input\n"),
        ("bogus", "% Invalid input\n"),
        ("show interfaces et99", "% Invalid input\n"),
        ("show", "% Incomplete command\n"),
        ("show i", "% Ambiguous command\n"),
        ("terminal length 0", "Pagination disabled.\n"),
        ("terminal width 511", "Width set to 511 columns.\n"),
        ("terminal width 5", "% Invalid input\n"),
        ("write memory", "Copy completed successfully.\n"),
        ("copy running-config startup-config", "Copy completed successfully.\n"),
    ],
)
def test_messages(session: paramiko.Channel, line: str, answer: str) -> None:
    assert ask(session, line) == answer


@pytest.mark.parametrize(
    ("modifier", "lines"),
    [
        ("include ^hostname|^ntp", ["hostname r1", "ntp server 172.16.0.1"]),
        ("section ^interface Loopback", ["interface Loopback0", "   description router id", "   ip address 10.255.0.1/32"]),
        ("begin max-lsa", ["   max-lsa 12000", "!", "end"]),
    ],
)
def test_modifiers(session: paramiko.Channel, modifier: str, lines: list[str]) -> None:
    assert ask(session, f"show running-config | {modifier}").splitlines() == lines


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("interface et1", "config-if-Et1"),
        ("interface lo 0", "config-if-Lo0"),
        ("router ospf 1", "config-router-ospf"),
        ("vlan 10", "config-vlan-10"),
        ("route-map OUT permit 10", "config-route-map-OUT"),
    ],
)
def test_the_prompt_names_the_section(session: paramiko.Channel, line: str, place: str) -> None:
    ask(session, "configure", "r1(config)#")
    assert ask(session, line, f"r1({place})#") == ""
    assert "EOS" in ask(session, "show running-config | include device", f"r1({place})#")
    ask(session, "exit", "r1(config)#")
    ask(session, "end")


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("ip address 10.0.0.300/24", "% Invalid input\n"),
        ("ip address 10.0.0.1", "% Incomplete command\n"),
        ("mtu 9", "% Invalid input\n"),
        ("bogus", "% Invalid input\n"),
        ("ip address 10.9.9.9 255.255.255.0", ""),
        ("description this | that", ""),
    ],
)
def test_f13_lines_of_an_interface(session: paramiko.Channel, fleet: Fleet, line: str, answer: str) -> None:
    ask(session, "configure", "r1(config)#")
    ask(session, "interface et1", "r1(config-if-Et1)#")
    assert ask(session, line, "r1(config-if-Et1)#") == answer
    assert fleet.config_lines("r1") == ("interface et1", *(() if answer else (line,)))
    if "9.9.9" in line:
        assert "   ip address 10.9.9.9/24\n" in ask(session, "show running-config", "r1(config-if-Et1)#")


def test_user_mode_wants_privilege() -> None:
    with Fleet([Device("r1", platform="arista_eos", secret="s3cret")]) as fleet, shell(fleet, "r1") as channel:
        read_until(channel, b"r1>")
        for line in ("show running-config", "configure terminal"):
            assert ask(channel, line, "r1>") == "% Invalid input (privileged mode required)\n"


def test_a_banner_ends_with_eof(session: paramiko.Channel, fleet: Fleet) -> None:
    ask(session, "configure", "r1(config)#")
    session.sendall(b"banner motd\n")
    read_until(session, b"end.\r\n")
    session.sendall(b"keep out\n")
    read_until(session, b"keep out\r\n")
    assert is_silent(session)
    ask(session, "EOF", "r1(config)#")
    assert "banner motd\nkeep out\nEOF\n" in fleet.running_config("r1")


def test_a_banner_replaces_the_one_before(session: paramiko.Channel, fleet: Fleet) -> None:
    ask(session, "configure", "r1(config)#")
    for text in ("keep out", "keep off"):
        session.sendall(b"banner motd\n")
        read_until(session, b"end.\r\n")
        session.sendall(text.encode() + b"\n")
        ask(session, "EOF", "r1(config)#")
    assert fleet.running_config("r1").count("banner motd") == 1 and "banner motd\nkeep off\nEOF\n" in fleet.running_config("r1")


def test_secrets_are_hashed_and_a_switch_is_renamed(fleet: Fleet) -> None:
    with netmiko(fleet, "r1", platform="arista_eos") as connection:
        connection.send_config_set(["username eve secret canary", "hostname renamed"])
        assert connection.find_prompt() == "renamed#"
        connection.set_base_prompt()
        assert "canary" not in str(connection.send_command("show running-config"))


def test_platforms_are_neighbours_under_their_own_names() -> None:
    devices = [Device(f"r{number}", platform=name) for number, name in enumerate(("arista_eos", "cisco_xr", "cisco_ios"), start=1)]
    with Fleet(devices) as fleet, netmiko(fleet, "r1", platform="arista_eos") as connection:
        output = str(connection.send_command("show lldp neighbors"))
        rows = parse_output(platform="arista_eos", command="show lldp neighbors", data=output)
        assert [row["neighbor_interface"] for row in rows] == ["GigabitEthernet0/0/0/1", "GigabitEthernet0/1"]
