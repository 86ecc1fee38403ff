"""One suite for every platform the lab can play: what an automation's session needs from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from netmiko.base_connection import BaseConnection
from netmiko.cisco.cisco_xr import CiscoXrSSH
from ntc_templates.parse import parse_output

from runner.lab import Device, Fleet
from runner.lab.personalities import PERSONALITIES
from tests.lab.client import ask, netmiko, read_until, shell


@dataclass(frozen=True, kw_only=True)
class Platform:
    """What the suite must know of a platform.

    `shows`: command -> a column of its parsed rows and the values expected on r1 of 3. `rejected`: a line of configuration and what
    the device says of it. `candidate`: lines wait for a commit, which saves them too. `user_prompt`: empty where nobody enables.
    """

    name: str
    prompt: str
    user_prompt: str
    show: str
    more: str
    shows: dict[str, tuple[str, list[object]]]
    rename: tuple[str, ...]
    rejected: tuple[str, str]
    candidate: bool = False
    long: str = "show running-config"


CISCO_IOS = Platform(
    name="cisco_ios",
    prompt="r1#",
    user_prompt="r1>",
    show="show running-config",
    more=" --More-- ",
    shows={
        "show version": ("hostname", ["r1"]),
        "show ip interface brief": ("ip_address", ["172.16.0.1", "10.0.0.1", "10.0.0.5", "10.255.0.1"]),
        "show interfaces": ("interface", ["GigabitEthernet0/0", "GigabitEthernet0/1", "GigabitEthernet0/2", "Loopback0"]),
        "show interfaces description": ("description", ["management", "to r2 GigabitEthernet0/1", "to r3 GigabitEthernet0/1", "router id"]),
        "show ip ospf neighbor": ("neighbor_id", ["10.255.0.2", "10.255.0.3"]),
        "show ip ospf database": ("link_id", ["10.255.0.1", "10.255.0.2", "10.255.0.3", "10.0.0.2", "10.0.0.6", "10.0.0.10"]),
        "show ip ospf interface brief": ("interface", ["Lo0", "Gi0/1", "Gi0/2"]),
        "show ip route ospf": ("network", ["10.0.0.8", "10.0.0.8", "10.255.0.2", "10.255.0.3"]),
        "show clock": ("timezone", ["UTC"]),
        "show users": ("user", ["admin"]),
        "show inventory": ("sn", ["FTX1840001A", "QCS1840001A"]),
        "show cdp neighbors": ("neighbor_name", ["r2", "r3"]),
        "show ip arp": ("ip_address", ["10.0.0.1", "10.0.0.2", "10.0.0.5", "10.0.0.6"]),
        "show processes cpu": ("process_name", ["Chunk Manager", "Load Meter", "OSPF-1 Hello"]),
    },
    rename=("hostname renamed",),
    rejected=("bogus line", "% Invalid input detected at '^' marker."),
)
ARISTA_EOS = Platform(
    name="arista_eos",
    prompt="r1#",
    user_prompt="r1>",
    show="show running-config",
    more=" --More-- ",
    shows={
        "show version": ("image", ["4.27.3F"]),
        "show hostname": ("hostname", ["r1"]),
        "show ip interface brief": ("ip_address", ["10.0.0.1/30", "10.0.0.5/30", "172.16.0.1/12", "10.255.0.1/32"]),
        "show interfaces": ("interface", ["Ethernet1", "Ethernet2", "Management1", "Loopback0"]),
        "show interfaces status": ("port", ["Et1", "Et2", "Ma1"]),
        "show interfaces description": ("description", ["to r2 Ethernet1", "to r3 Ethernet1", "management", "router id"]),
        "show lldp neighbors": ("neighbor_name", ["r2", "r3"]),
        "show ip ospf neighbor": ("neighbor_id", ["10.255.0.2", "10.255.0.3"]),
        "show ip ospf interface brief": ("interface", ["Lo0", "Et1", "Et2"]),
        "show ip route": ("protocol", ["C", "C", "O", "C", "O", "O", "C"]),
        "show ip arp": ("ip_address", ["10.0.0.2", "10.0.0.6"]),
        "show clock": ("timezone", ["UTC"]),
    },
    rename=("hostname renamed",),
    rejected=("bogus line", "% Invalid input"),
    long="show interfaces",
)
CISCO_XR = Platform(
    name="cisco_xr",
    prompt="RP/0/RP0/CPU0:r1#",
    user_prompt="",
    show="show running-config",
    more=" --More-- ",
    shows={
        "show version": ("version", ["7.3.2"]),
        "show running-config hostname": ("hostname", ["r1"]),
        "show ip interface brief": ("ip_address", ["172.16.0.1", "10.0.0.1", "10.0.0.5", "10.255.0.1"]),
        "show ipv4 interface brief": ("status", ["Up"] * 4),
        "show interfaces": (
            "interface",
            ["MgmtEth0/RP0/CPU0/0", "GigabitEthernet0/0/0/1", "GigabitEthernet0/0/0/2", "Loopback0"],
        ),
        "show interface brief": ("mtu", ["1514", "1514", "1514", "1500"]),
        "show interfaces description": (
            "description",
            ["management", "to r2 GigabitEthernet0/0/0/1", "to r3 GigabitEthernet0/0/0/1", "router id"],
        ),
        "show lldp neighbors": ("neighbor_name", ["r2", "r3"]),
        "show ospf neighbor": ("neighbor_id", ["10.255.0.2", "10.255.0.3"]),
        "show route": ("protocol", ["C", "C", "O", "O", "C", "O", "O", "C"]),
        "show arp": ("ip_address", ["10.0.0.1", "10.0.0.2", "10.0.0.5", "10.0.0.6"]),
        "show inventory": ("pid", ["R-IOSXRV9000-RP-C"]),
    },
    rename=("hostname renamed",),
    rejected=("bogus line", "% Invalid input detected at '^' marker."),
    candidate=True,
    long="show interfaces",
)
PLATFORMS = [pytest.param(platform, id=platform.name) for platform in (CISCO_IOS, ARISTA_EOS, CISCO_XR)]


@pytest.fixture(params=PLATFORMS)
def platform(request: pytest.FixtureRequest) -> Platform:
    assert isinstance(request.param, Platform)
    return request.param


@pytest.fixture
def fleet(platform: Platform) -> Iterator[Fleet]:
    """r1, r2, r3 of one platform; nothing of them is left afterwards."""
    with Fleet(Device.fleet(3, platform=platform.name)) as running:
        yield running
        assert running.wait_idle(), running.counters()
    assert running.problems() == ()


def test_every_personality_is_judged() -> None:
    """Junos and Linux are too different for this suite: they have files of their own."""
    assert {*(param.id for param in PLATFORMS), "juniper_junos", "linux"} >= set(PERSONALITIES)


def commit(connection: BaseConnection) -> None:
    """As Netmiko's driver commits, and out of configuration mode."""
    assert isinstance(connection, CiscoXrSSH)
    connection.commit()
    connection.exit_config_mode()


def test_connect_show_rename_save_and_leave(fleet: Fleet, platform: Platform) -> None:
    with netmiko(fleet, "r1", platform=platform.name) as connection:
        assert connection.find_prompt() == platform.prompt
        assert "r1" in connection.send_command(platform.show)
        assert platform.rejected[1] in connection.send_config_set([platform.rejected[0]])
        assert fleet.config_lines("r1") == ()
        connection.send_config_set(list(platform.rename))
        assert fleet.config_lines("r1") == platform.rename
        if platform.candidate:
            assert "renamed" not in fleet.running_config("r1")
            commit(connection)
        assert connection.find_prompt() == platform.prompt.replace("r1", "renamed")
        connection.set_base_prompt()
        assert "renamed" in fleet.running_config("r1")
        if not platform.candidate:
            assert "renamed" not in fleet.saved_config("r1")
            connection.save_config()
    assert "renamed" in fleet.saved_config("r1")
    assert fleet.wait_idle()
    assert platform.show in fleet.log("r1")
    assert fleet.counters().logins == 1


def test_what_it_shows_is_what_public_templates_parse(fleet: Fleet, platform: Platform) -> None:
    with netmiko(fleet, "r1", platform=platform.name) as connection:
        for command, (column, values) in platform.shows.items():
            output = connection.send_command(command)
            rows = parse_output(platform=platform.name, command=command, data=output)
            assert [row[column] for row in rows] == values, output


@pytest.mark.parametrize("platform", [CISCO_IOS, ARISTA_EOS], indirect=True)
def test_enable_asks_for_the_secret_without_echo(platform: Platform) -> None:
    with Fleet([Device("r1", platform=platform.name, secret="s3cret")]) as fleet:
        with netmiko(fleet, "r1", platform=platform.name, secret="s3cret") as connection:
            assert connection.find_prompt() == platform.user_prompt
            connection.enable()
            assert connection.find_prompt() == platform.prompt
        with shell(fleet, "r1") as channel:
            read_until(channel, platform.user_prompt.encode())
            channel.sendall(b"enable\n")
            read_until(channel, b"Password: ")
            channel.sendall(b"wrong\n")
            assert b"wrong" not in read_until(channel, b"Password: ")
            channel.sendall(b"s3cret\n")
            assert b"s3cret" not in read_until(channel, platform.prompt.encode())
        assert "s3cret" not in fleet.log("r1")


def test_long_output_stops_at_a_page_until_a_key(fleet: Fleet, platform: Platform) -> None:
    with shell(fleet, "r1") as channel:
        read_until(channel, platform.prompt.encode())
        channel.sendall(f"{platform.long}\n".encode())
        page = read_until(channel, platform.more.encode())
        assert page.count(b"\n") == 1 + 23  # the echo, and one line less than the terminal has
        channel.sendall(b"\n")
        assert read_until(channel, platform.more.encode()).count(b"\n") == 1
        channel.sendall(b" ")
        assert read_until(channel, platform.more.encode()).count(b"\n") == 23
        channel.sendall(b"q")
        assert read_until(channel, platform.prompt.encode()).endswith(b"\b" + platform.prompt.encode())


def test_a_client_that_pages_gets_what_one_without_pages_gets(fleet: Fleet, platform: Platform) -> None:
    with shell(fleet, "r1") as channel:
        read_until(channel, platform.prompt.encode())
        channel.sendall(f"{platform.long}\n".encode())
        paged = b""
        while not paged.endswith(platform.prompt.encode()):
            paged += channel.recv(65536)
            if paged.endswith(platform.more.encode()):
                paged = paged.removesuffix(platform.more.encode())
                channel.sendall(b" ")
    cleaned = paged.decode().replace("\b" * 10 + " " * 10 + "\b" * 10, "")
    assert cleaned.count("\r\n") > 60
    with netmiko(fleet, "r1", platform=platform.name) as connection:
        whole = str(connection.send_command(platform.long))
    assert whole.strip().partition("\n")[2] in cleaned.replace("\r\n", "\n")


def test_typed_ahead_lines_are_answered_one_after_the_other(fleet: Fleet, platform: Platform) -> None:
    with shell(fleet, "r1") as channel:
        read_until(channel, platform.prompt.encode())
        channel.sendall(b"show clock\rshow clock\r\n\x7f\x7fshow clocx\x7fk\n")
        data = b""
        while data.count(platform.prompt.encode()) < 3:
            data += channel.recv(65536)
    assert fleet.log("r1") == ("show clock",) * 3


def test_ask_reads_one_answer(fleet: Fleet, platform: Platform) -> None:
    with shell(fleet, "r1") as channel:
        read_until(channel, platform.prompt.encode())
        assert ask(channel, "show clock", platform.prompt).endswith("\n")
