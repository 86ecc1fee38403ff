"""Devices that answer late, too much, oddly or never let go, seen from the client's side."""

from __future__ import annotations

import math
import socket
import threading
import time

import paramiko
import pytest

from runner.lab import Device, Faults, Fleet
from tests.lab.client import BANNER, PATIENCE, SILENCE, ask, is_silent, netmiko, raw, read_until, shell, transport
from tests.lab.conftest import Faulty


def test_other_host_key(faulty: Faulty) -> None:
    fleet = faulty(Faults(other_host_key=True))
    with transport(fleet, "r1", password=None) as client, transport(fleet, "r2", password=None) as healthy:
        assert client.get_remote_server_key().get_base64() not in fleet.host_key_line("r1")
        assert healthy.get_remote_server_key().get_base64() in fleet.host_key_line("r2")


def test_old_algorithms(faulty: Faulty) -> None:
    with pytest.raises(paramiko.SSHException, match="no acceptable"), transport(faulty(Faults(old_algorithms=True)), "r1", password=None):
        pass


def test_banner_with_prompt_characters_f18(faulty: Faulty) -> None:
    fleet = faulty(Faults(banner="### > keep out > ###\n# authorised only #\n"))
    with shell(fleet, "r1") as channel:
        assert b"### > keep out > ###\r\n# authorised only #\r\n" in read_until(channel, b"\r\nr1#")
    with netmiko(fleet, "r1") as connection:
        assert connection.find_prompt() == "r1#"


@pytest.mark.parametrize(
    "faults", [pytest.param(Faults(slow=SILENCE), id="slow"), pytest.param(Faults(login_delay=SILENCE), id="login_delay")]
)
def test_delays(faulty: Faulty, faults: Faults) -> None:
    began = time.monotonic()
    with shell(faulty(faults), "r1") as channel:
        read_until(channel, b"r1#")
        ask(channel, "show clock")
        assert time.monotonic() - began >= SILENCE


def test_latency_of_a_device_does_not_slow_session_commands() -> None:
    with Fleet(Device.fleet(1, latency=3600)) as fleet, shell(fleet, "r1") as channel:
        read_until(channel, b"r1#")
        ask(channel, "terminal length 0")
        channel.sendall(b"show clock\n")
        read_until(channel, b"show clock\r\n")
        assert is_silent(channel)
        channel.get_transport().close()
        assert fleet.wait_idle(), "a slow device does not keep a session that the client has left"


def test_a_flood_of_a_size(faulty: Faulty) -> None:
    with shell(faulty(Faults(flood=3_000_000)), "r1") as channel:
        read_until(channel, b"r1#")
        assert 3_000_000 < len(ask(channel, "show clock").replace("\n", "\r\n")) < 3_000_200


def test_an_endless_flood_waits_for_its_reader_and_ends_with_it(faulty: Faulty) -> None:
    with shell(fleet := faulty(Faults(flood=math.inf)), "r1") as channel:
        read_until(channel, b"r1#")
        channel.sendall(b"show clock\n")
        received = 0
        while received < 5_000_000:
            received += len(channel.recv(65536))
    assert fleet.wait_idle()


def test_chunks_split_everything(faulty: Faulty) -> None:
    with shell(faulty(Faults(chunk=3, delay_chunks=0.001)), "r1") as channel:
        read_until(channel, b"r1#")
        sizes = set()
        channel.sendall(b"show running-config\n")
        data = b""
        while not data.endswith(b" --More-- "):
            data += (part := channel.recv(3))
            sizes.add(len(part))
        assert b"hostname r1" in data
        assert sizes <= {1, 2, 3}


def test_raw_output_is_sent_byte_for_byte(faulty: Faulty) -> None:
    nasty = b"\xff\xfe caf\xe9 \x1b[31mred\x1b[0m \x00 r1# no prompt\n"
    fleet = faulty(Faults(raw_output={"show version": nasty, "show of my own": b"no end of line"}))
    with shell(fleet, "r1") as channel:
        read_until(channel, b"r1#")
        channel.sendall(b"sh ver\n")
        assert read_until(channel, b"prompt\nr1#") == b"sh ver\r\n" + nasty + b"r1#"
        assert ask(channel, "show of my own") == "no end of line\n"


def test_error_on(faulty: Faulty) -> None:
    with shell(faulty(Faults(error_on={"show version"})), "r1") as channel:
        read_until(channel, b"r1#")
        assert "% Invalid input detected at '^' marker." in ask(channel, "sh ver")
        assert "UTC" in ask(channel, "show clock")


def test_hang_on_exit_keeps_the_connection_until_the_fault_ends(faulty: Faulty) -> None:
    fleet = faulty(Faults(hang_on_exit=True))
    with raw(fleet) as sock, sock.dup() as eye:
        client = paramiko.Transport(sock)
        client.start_client(timeout=PATIENCE)
        client.auth_password("admin", "admin")
        channel = client.open_session(timeout=PATIENCE)
        channel.invoke_shell()
        channel.settimeout(PATIENCE)
        read_until(channel, b"r1#")
        channel.sendall(b"exit\n")
        read_until(channel, b"exit\r\n")
        assert is_silent(channel)
        client.close()
        eye.shutdown(socket.SHUT_WR)
        assert not fleet.wait_idle(SILENCE)
        fleet.set_faults("r1", Faults())
        assert fleet.wait_idle()
        eye.settimeout(PATIENCE)
        while eye.recv(4096):
            pass


@pytest.mark.parametrize("first", [Faults(refuse=True), Faults(hang_at="tcp")], ids=["refuse", "black hole"])
def test_faults_from_the_start_that_end_at_run_time(first: Faults) -> None:
    with Fleet([Device("r1", faults=first)]) as fleet:
        with pytest.raises(OSError, match=r"refused|timed out"):
            socket.create_connection(fleet.address("r1"), timeout=SILENCE)
        for _ in range(3):
            fleet.set_faults("r1", Faults())
            with raw(fleet) as sock:
                assert sock.recv(100) == BANNER
            fleet.set_faults("r1", first)
    assert fleet.problems() == ()


EVERY_FAULT = [
    Faults(refuse=True), Faults(hang_at="tcp"), Faults(hang_at="banner"), Faults(hang_at="kex"), Faults(hang_at="auth"),
    Faults(hang_at="shell"), Faults(hang_at="prompt"), Faults(hang_at="command"), Faults(hang_on_exit=True), Faults(flood=math.inf),
    Faults(login_delay=3600), Faults(slow=3600), Faults(not_ssh=b"HTTP/1.1 200 OK\r\n"), Faults(close_at="kex"),
]  # fmt: skip


def test_a_fleet_in_the_middle_of_every_fault_stops() -> None:
    def visit(address: tuple[str, int]) -> None:
        try:
            client = paramiko.Transport(socket.create_connection(address, timeout=SILENCE))
            try:
                client.banner_timeout = client.auth_timeout = client.channel_timeout = SILENCE
                client.start_client(timeout=SILENCE)
                client.auth_password("admin", "admin")
                channel = client.open_session(timeout=SILENCE)
                channel.invoke_shell()
                channel.sendall(b"show clock\n")
                reached.release()
                channel.settimeout(PATIENCE)
                while channel.recv(65536):
                    pass
            finally:
                reached.release()
                client.close()
        except (OSError, EOFError, paramiko.SSHException):
            reached.release()

    reached = threading.Semaphore(0)
    with Fleet([Device(f"r{number}", faults=faults) for number, faults in enumerate(EVERY_FAULT, start=1)]) as fleet:
        threads = [threading.Thread(target=visit, args=(fleet.address(device.name),)) for device in fleet.devices]
        for thread in threads:
            thread.start()
        for _ in threads:
            assert reached.acquire(timeout=PATIENCE)
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive()
    assert fleet.counters().live == 0
    assert fleet.problems() == ()
