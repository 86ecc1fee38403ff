"""A session is closed when the device has closed it: at the device, bounded, once, and whatever state it is in."""

from __future__ import annotations

import dataclasses
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from runner.errors import SessionError
from runner.lab import Device, Faults, Fleet
from runner.secret import Secret
from runner.target import Limits, Target
from runner.transport.connection import GuardedNetmiko
from runner.transport.host_keys import HostKeys
from tests.transport.conftest import QUICK, Bench


def test_after_close_the_device_has_no_session(bench: Bench) -> None:
    session = bench.connected()
    assert bench.fleet.counters().live == 1
    session.close()
    assert bench.fleet.counters().live == 0, "at once: this is what the ceiling rests on"
    assert session.close_confirmed
    session.close()
    assert session.close_confirmed


@pytest.mark.parametrize("fault", [{}, {"hang_at": "command"}, {"flood": float("inf")}], ids=["healthy", "hanging", "flooding"])
def test_f34_close_is_bounded_and_confirmed_after_a_lost_command(bench: Bench, fault: dict[str, object]) -> None:
    session = bench.connected(limits=dataclasses.replace(QUICK, output=10_000))
    bench.faults(**fault)
    if fault:
        with pytest.raises(SessionError):
            session.send("show version", timeout=0.2)
    session.close()
    assert session.close_confirmed
    assert bench.fleet.counters().live == 0


def test_f34_a_netmiko_task_that_hangs_does_not_hold_the_close(bench: Bench) -> None:
    session = bench.connected()
    bench.faults(hang_at="command")
    session.connection.write_channel("show version\n")
    begun = time.monotonic()
    session.close()
    assert time.monotonic() - begun < QUICK.close + 2.0
    assert bench.fleet.counters().live == 0


def test_a_device_that_keeps_the_connection_is_given_up_and_told(bench: Bench) -> None:
    bench.faults(hang_on_exit=True)
    session = bench.connected(limits=dataclasses.replace(QUICK, close=0.4))
    begun = time.monotonic()
    session.close()
    assert 0.3 < time.monotonic() - begun < 3.0
    assert not session.close_confirmed
    bench.faults()


def test_a_session_can_be_opened_again_after_a_close(bench: Bench) -> None:
    session = bench.session()
    for _ in range(2):
        session.connect()
        assert "UTC" in session.send("show clock").output
        session.close()
    with pytest.raises(RuntimeError, match="not open"):
        session.send("show clock")


def test_a_failed_connect_has_closed_by_itself(bench: Bench) -> None:
    bench.faults(reject_password=True)
    with pytest.raises(SessionError):
        bench.session().connect()
    assert bench.fleet.counters().live == 0


def test_f01_the_ceiling_holds_at_the_device(tmp_path: Path) -> None:
    """Ten threads, sixty sessions one after the other: never more than ten at the devices."""
    with Fleet(Device.fleet(60)) as fleet:
        file = tmp_path / "known_hosts"
        file.write_text(fleet.known_hosts())
        keys, cancelled = HostKeys("strict", (file,)), threading.Event()

        def visit(name: str) -> bool:
            host, port = fleet.address(name)
            target = Target(name=name, hostname=host, port=port, username="admin", password=Secret("admin"), platform="cisco_ios")
            session = GuardedNetmiko(target, Limits(), keys, cancelled)
            session.connect()
            try:
                return "Cisco" in session.send("show version").output
            finally:
                session.close()
                assert session.close_confirmed

        with ThreadPoolExecutor(10) as pool:
            assert all(pool.map(visit, [device.name for device in fleet.devices]))
        counters = fleet.counters()
        assert (counters.live, counters.total, counters.logins) == (0, 60, 60)
        assert counters.peak <= 10
        assert not fleet.problems()


@pytest.mark.parametrize("secret", ["enable-me", "wrong"])
def test_the_enable_secret(tmp_path: Path, secret: str) -> None:
    with Fleet([Device("r1", secret="enable-me")]) as fleet:
        bench = Bench(fleet, tmp_path)
        session = bench.session(dataclasses.replace(bench.target(), secret=Secret(secret)))
        if secret == "wrong":
            with pytest.raises(SessionError) as caught:
                session.connect()
            assert (caught.value.phase, caught.value.cause) == ("auth", "enable_rejected")
            assert "wrong" not in f"{caught.value.message} {caught.value.hint} {caught.value.output}"
        else:
            session.connect()
            assert session.send("show running-config").error == ""
            assert session.send("show clock").output.strip()
            session.close()
        assert fleet.wait_idle()


def test_a_secret_is_not_used_where_the_login_is_privileged_already(bench: Bench) -> None:
    session = bench.session(dataclasses.replace(bench.target(), secret=Secret("unused")))
    session.connect()
    assert "enable" not in bench.fleet.log("r1")


def test_f27_only_old_algorithms(bench: Bench) -> None:
    bench.fleet.set_faults("r1", Faults(old_algorithms=True))
    with pytest.raises(SessionError) as caught:
        bench.session().connect()
    assert (caught.value.phase, caught.value.cause) == ("host_key", "no_common_algorithm")
    assert "\n" not in caught.value.message
