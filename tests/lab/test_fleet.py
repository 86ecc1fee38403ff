"""Starting, stopping, counting and describing a fleet."""

from __future__ import annotations

import logging
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import paramiko
import pytest
import yaml

from runner.lab import Device, Faults, Fleet, LabError
from runner.lab.topology import network
from tests.lab.client import PATIENCE, ask, netmiko, read_until, shell, transport


def test_a_hundred_devices_are_listening_when_start_returns() -> None:
    began = time.monotonic()
    with Fleet(Device.fleet(100)) as fleet:
        took = time.monotonic() - began
        for device in fleet.devices:
            with socket.create_connection(fleet.address(device.name), timeout=PATIENCE) as sock:
                assert sock.recv(8) == b"SSH-2.0-"
        assert fleet.wait_idle()
        assert fleet.counters().total == 100
    assert took < 3, took


def test_ports_are_below_the_range_of_outgoing_connections(fleet: Fleet) -> None:
    assert all(1024 < fleet.address(device.name)[1] < 32768 for device in fleet.devices)


def test_sessions_are_counted_from_accept_to_close(fleet: Fleet) -> None:
    with socket.create_connection(fleet.address("r1"), timeout=PATIENCE) as sock:
        assert sock.recv(8)
        assert (fleet.counters("r1").live, fleet.counters("r1").logins) == (1, 0)
        with transport(fleet, "r2"):
            both = fleet.counters()
            assert (both.live, both.peak, both.total, both.logins) == (2, 2, 2, 1)
    assert fleet.wait_idle()
    with transport(fleet, "r2"):
        assert fleet.counters().live == 1
    assert fleet.wait_idle()
    counters = fleet.counters()
    assert (counters.live, counters.peak, counters.total) == (0, 2, 3)
    assert fleet.counters("r2").peak == 1
    assert fleet.counters("r3").total == 0


def test_a_session_is_counted_as_closed_when_the_client_sees_the_end(fleet: Fleet) -> None:
    """Or a client that waits for the device's close before it opens the next session would be judged wrongly."""
    for _ in range(20):
        sock = socket.create_connection(fleet.address("r1"), timeout=PATIENCE)
        with sock.dup() as eye:
            client = paramiko.Transport(sock)
            client.start_client(timeout=PATIENCE)
            client.auth_password("admin", "admin")
            channel = client.open_session(timeout=PATIENCE)
            channel.invoke_shell()
            read_until(channel, b"r1#")
            channel.sendall(b"exit\n")
            client.join(PATIENCE)
            assert not client.is_alive()
            eye.settimeout(PATIENCE)
            assert eye.recv(1) == b""
            assert fleet.counters().live == 0
            client.close()


def test_records_tell_the_order_and_the_login_of_sessions(fleet: Fleet) -> None:
    for password in ("admin", None):
        with transport(fleet, "r1", password=password):
            assert fleet.sessions("r1")[-1].closed_at is None
        assert fleet.wait_idle()
    first, second = fleet.sessions("r1")
    assert first.closed_at is not None
    assert first.opened_at < first.closed_at <= second.opened_at
    assert (first.authenticated, first.password_attempts) == (True, 1)
    assert (second.authenticated, second.password_attempts) == (False, 0)


def test_the_log_holds_every_command_of_a_device_and_no_password(fleet: Fleet) -> None:
    with netmiko(fleet, "r1") as connection:
        connection.send_command("show clock | include UTC")
    assert fleet.wait_idle()
    assert fleet.log("r1") == ("terminal width 511", "terminal length 0", "show clock | include UTC", "exit")
    assert fleet.log("r2") == ()
    assert fleet.counters().commands == 4


def test_a_single_command_without_a_shell(fleet: Fleet) -> None:
    with transport(fleet, "r1") as client:
        channel = client.open_session(timeout=PATIENCE)
        channel.exec_command("show ip interface brief")
        data = b""
        while more := channel.recv(65536):
            data += more
    assert data.startswith(b"Interface  ")
    assert fleet.log("r1") == ("show ip interface brief",)


def test_a_with_block_that_raises_closes_sessions_ports_and_thread() -> None:
    with pytest.raises(ZeroDivisionError), Fleet(Device.fleet(2)) as fleet:
        address = fleet.address("r1")
        silent = socket.create_connection(address, timeout=PATIENCE)
        with shell(fleet, "r2") as channel:
            read_until(channel, b"r2#")
            raise ZeroDivisionError
    silent.recv(64)
    assert silent.recv(64) == b""
    silent.close()
    assert fleet.counters().live == 0
    assert "lab-fleet" not in {thread.name for thread in threading.enumerate()}
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address, timeout=PATIENCE)
    assert fleet.problems() == ()


def test_known_hosts_is_what_a_strict_client_needs(fleet: Fleet, tmp_path: Path) -> None:
    fleet.write_inventory(tmp_path)
    for name in ("r1", "r2"):
        client = paramiko.SSHClient()
        client.load_host_keys(str(tmp_path / "known_hosts"))
        client.set_missing_host_key_policy(paramiko.RejectPolicy())
        host, port = fleet.address(name)
        client.connect(host, port, "admin", "admin", allow_agent=False, look_for_keys=False)
        client.close()
    assert fleet.host_key_line("r1").startswith(f"[127.0.0.1]:{fleet.address('r1')[1]} ssh-ed25519 AAAA")
    assert (tmp_path / "known_hosts").stat().st_mode & 0o777 == 0o600


def test_the_inventory_names_only_what_differs_from_the_defaults(tmp_path: Path) -> None:
    data = {"rack": 7, "y": [1, "x: y"]}
    odd = Device("on", username="eve", password="0123", secret="no", groups=("lab-3",), data=data)
    with Fleet([*Device.fleet(2), odd]) as fleet:
        fleet.write_inventory(tmp_path, password="env:LAB_PASSWORD")
        port = fleet.address("on")[1]
    hosts = yaml.safe_load((tmp_path / "hosts.yaml").read_text())
    assert set(hosts["r1"]) == {"hostname", "port", "groups"}
    assert hosts["on"] == {
        "hostname": "127.0.0.1", "port": port, "username": "eve", "password": "0123", "groups": ["lab-3"],
        "connection_options": {"netmiko": {"extras": {"secret": "no"}}}, "data": {"rack": 7, "y": [1, "x: y"]},
    }  # fmt: skip
    assert yaml.safe_load((tmp_path / "groups.yaml").read_text())["lab-3"] == {}
    defaults = yaml.safe_load((tmp_path / "defaults.yaml").read_text())
    assert defaults == {"username": "admin", "password": "env:LAB_PASSWORD", "platform": "cisco_ios"}


@pytest.mark.parametrize(
    ("devices", "words"),
    [
        pytest.param([Device("a"), Device("a")], "same name", id="same name"),
        pytest.param([], "1 to", id="none"),
        pytest.param([Device("a", platform="no_such_os")], "no_such_os", id="platform"),
    ],
)
def test_a_fleet_that_cannot_be_is_refused(devices: list[Device], words: str) -> None:
    with pytest.raises(LabError, match=words):
        Fleet(devices)


def test_an_unknown_device_is_named(fleet: Fleet) -> None:
    with pytest.raises(LabError, match="no device 'r9'"):
        fleet.address("r9")
    with pytest.raises(LabError, match="no device 'r9'"):
        fleet.set_faults("r9", Faults())


@pytest.mark.parametrize("count", [1, 2, 3, 7, 13, 25, 100])
def test_the_network_fits_together(count: int) -> None:
    routers = network([f"r{number}" for number in range(1, count + 1)])
    assert len({router.router_id for router in routers.values()}) == count
    addresses = [link.address for router in routers.values() for link in router.links]
    assert len(set(addresses)) == len(addresses)
    for router in routers.values():
        assert len(router.links) >= min(2, 2 * (count - 1))
        for link in router.links:
            back = routers[link.peer].links[link.peer_position]
            assert (back.peer, back.number, back.peer_address) == (router.name, link.number, link.address)
            assert link.peer_router_id == routers[link.peer].router_id
            assert link.address in link.network


def test_neighbours_and_routes_follow_an_interface_that_is_shut_down(fleet: Fleet) -> None:
    with shell(fleet, "r2") as r2, shell(fleet, "r1") as r1:
        read_until(r1, b"r1#")
        read_until(r2, b"r2#")
        assert "10.255.0.1" in ask(r2, "sh ip ospf nei", "r2#")
        ask(r1, "conf t", "r1(config)#")
        ask(r1, "int gi0/1", "r1(config-if)#")
        ask(r1, "shutdown", "r1(config-if)#")
        assert "10.255.0.1 " not in ask(r2, "sh ip ospf nei", "r2#")
        assert "10.255.0.1/32 [110/3]" in ask(r2, "show ip route ospf | include 10.255.0.1", "r2#")
        ask(r1, "no shutdown", "r1(config-if)#")
        assert "10.255.0.1/32 [110/2]" in ask(r2, "show ip route ospf | include 10.255.0.1", "r2#")


def test_nothing_is_printed_and_no_logger_is_touched() -> None:
    """Run apart, because the test runner catches logging itself."""
    program = """
import logging, socket
import paramiko
from runner.lab import Device, Faults, Fleet
before = (logging.root.level, logging.root.handlers[:])
with Fleet(Device.fleet(2)) as fleet:
    sock = socket.create_connection(fleet.address("r1")); sock.sendall(b"GET / HTTP/1.0\\r\\n\\r\\n"); sock.recv(999); sock.close()
    fleet.set_faults("r2", Faults(reject_password=True))
    client = paramiko.Transport(fleet.address("r2")); client.start_client()
    try: client.auth_password("admin", "admin")
    except paramiko.AuthenticationException: pass
    client.close()
    fleet.wait_idle()
assert (logging.root.level, logging.root.handlers) == before
assert fleet.problems() == (), fleet.problems()
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert logging.getLogger("asyncssh").handlers == []
