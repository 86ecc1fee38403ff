"""What IOS does beyond what every platform does: abbreviations, messages, filters, modes."""

from __future__ import annotations

from collections.abc import Iterator

import paramiko
import pytest

from runner.lab import Fleet
from tests.lab.client import ask, read_until, shell


@pytest.fixture
def session(fleet: Fleet) -> Iterator[paramiko.Channel]:
    """A shell on r1 of 3, without pages."""
    with shell(fleet, "r1") as channel:
        read_until(channel, b"r1#")
        ask(channel, "terminal length 0")
        yield channel


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("sh ip ospf nei", "show ip ospf neighbor"),
        ("SH VER", "show version"),
        ("sho ip int br", "show ip interface brief"),
        ("sh int gi0/1", "show interfaces GigabitEthernet0/1"),
        ("sh run | i hostname", "show running-config | include hostname"),
    ],
)
def test_abbreviations(session: paramiko.Channel, short: str, full: str) -> None:
    output = ask(session, short)
    assert "%" not in output.partition("\n")[0]
    assert output == ask(session, full)


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("show bogus", "        ^\n% Invalid input detected at '^' marker.\n\n"),
        ("bogus", "   ^\n% Invalid input detected at '^' marker.\n\n"),
        ("show ip ospf neighbor bogus", " " * 25 + "^\n% Invalid input detected at '^' marker.\n\n"),
        ("terminal length lots", " " * 19 + "^\n% Invalid input detected at '^' marker.\n\n"),
        ("show interfaces gi9/9", " " * 19 + "^\n% Invalid input detected at '^' marker.\n\n"),
        ("show", "% Incomplete command.\n\n"),
        ("show ip ospf interface", "% Incomplete command.\n\n"),
        ("sh i", '% Ambiguous command:  "sh i"\n'),
        ("show clock | bogus x", " " * 16 + "^\n% Invalid input detected at '^' marker.\n\n"),
        ("", ""),
    ],
)
def test_messages(session: paramiko.Channel, line: str, answer: str) -> None:
    assert ask(session, line) == answer


@pytest.mark.parametrize(
    ("modifier", "lines"),
    [
        ("include ^hostname|^ntp", ["hostname r1", "ntp server 172.16.0.1"]),
        ("section ^line", ["line con 0", "line vty 0 4", " login local", " transport input ssh"]),
        ("begin ^line vty", ["line vty 0 4", " login local", " transport input ssh", "!", "end"]),
        ("count ^interface", ["Number of lines which match regexp = 4"]),
        ("include [", []),
    ],
)
def test_modifiers(session: paramiko.Channel, modifier: str, lines: list[str]) -> None:
    assert ask(session, f"show running-config | {modifier}").splitlines() == lines


def test_exclude(session: paramiko.Channel) -> None:
    assert "hostname" not in ask(session, "show running-config | exclude hostname")


def test_configuration_modes(session: paramiko.Channel, fleet: Fleet) -> None:
    assert "End with CNTL/Z" in ask(session, "conf t", "r1(config)#")
    ask(session, "interface lo7", "r1(config-if)#")
    ask(session, "description first", "r1(config-if)#")
    ask(session, "description second | third", "r1(config-if)#")
    ask(session, "ip address 10.9.9.9 255.255.255.255", "r1(config-if)#")
    ask(session, "exit", "r1(config)#")
    ask(session, "router ospf 1", "r1(config-router)#")
    ask(session, "network 172.16.0.0 0.0.255.255 area 0", "r1(config-router)#")
    ask(session, "ntp server 172.16.0.2", "r1(config)#")  # a global word leaves the section
    ask(session, "no ntp server 172.16.0.1", "r1(config)#")
    assert "% Invalid input" in ask(session, "bogus line", "r1(config)#")
    ask(session, "end")
    config = fleet.running_config("r1")
    assert "interface Loopback7\n description second | third\n ip address 10.9.9.9 255.255.255.255\n" in config
    assert " network 10.0.0.0 0.255.255.255 area 0\n network 172.16.0.0 0.0.255.255 area 0\n" in config
    assert "172.16.0.2" in config
    assert "172.16.0.1\n" not in config
    assert "bogus" not in config
    assert "10.9.9.9" in ask(session, "show ip interface brief")
    assert "[OK]" in ask(session, "write memory")
    assert "Loopback7" in ask(session, "show startup-config")


def test_control_z_and_control_c_leave_configuration(session: paramiko.Channel) -> None:
    for key in (b"\x1a", b"half a line\x03"):
        ask(session, "conf t", "r1(config)#")
        session.sendall(key)
        read_until(session, b"\r\nr1#")
    assert "UTC" in ask(session, "show clock")


def test_copy_asks_for_the_name_of_the_file(session: paramiko.Channel) -> None:
    session.sendall(b"copy run start\n")
    read_until(session, b"[startup-config]? ")
    session.sendall(b"\n")
    assert b"[OK]" in read_until(session, b"r1#")


@pytest.mark.parametrize(("target", "rate"), [("10.255.0.2", 100), ("192.0.2.1", 0)])
def test_ping(session: paramiko.Channel, target: str, rate: int) -> None:
    assert f"Success rate is {rate} percent" in ask(session, f"ping {target}")
