"""Configuration mode on the lab's IOS device: every line proven, and always left again."""

from __future__ import annotations

import threading
import time

import pytest

from runner.errors import SessionError, Stopped
from runner.target import Limits
from tests.transport.conftest import Bench

LINES = ("interface Loopback0", "description from a test", "exit", "ntp server 172.16.0.9", "hostname r1")


def test_lines_are_taken_one_by_one(bench: Bench) -> None:
    session = bench.connected()
    with session.configuring() as mode:
        replies = [mode.send(line) for line in LINES]
    assert [(reply.command, reply.output, reply.error) for reply in replies] == [(line, "", "") for line in LINES]
    assert bench.fleet.log("r1")[-7:] == ("configure terminal", *LINES, "end")
    assert "description from a test" in bench.fleet.running_config("r1")
    assert session.send("show inventory").output.startswith("NAME")


@pytest.mark.parametrize(("chunk", "pause"), [(1, 0.0), (2, 0.002), (3, 0.001), (7, 0.01)])
def test_packets_cut_anywhere_change_nothing(bench: Bench, chunk: int, pause: float) -> None:
    session = bench.connected()
    bench.faults(chunk=chunk, delay_chunks=pause)
    with session.configuring() as mode:
        assert not any(mode.send(line).error for line in LINES)
        refused = mode.send("nonsense")
    assert refused.error.startswith("% Invalid input")
    assert bench.fleet.log("r1")[-8:] == ("configure terminal", *LINES, "nonsense", "end")
    assert session.send("show inventory").output.startswith("NAME")


def test_f13_a_rejected_line_has_the_devices_words(bench: Bench) -> None:
    session = bench.connected()
    with session.configuring() as mode:
        assert not mode.send("interface Loopback0").error
        reply = mode.send("describe me")
    assert reply.error == "% Invalid input detected at '^' marker."
    assert reply.error in reply.output
    assert bench.fleet.log("r1")[-1] == "end"
    assert session.send("show inventory").output.startswith("NAME")


def test_f14_an_exception_in_the_block_leaves_configuration_mode(bench: Bench) -> None:
    session = bench.connected()
    with pytest.raises(RuntimeError, match="of the block"), session.configuring() as mode:
        mode.send("interface Loopback0")
        raise RuntimeError("of the block")
    assert bench.fleet.log("r1")[-1] == "end"
    assert session.send("show inventory").output.startswith("NAME")


def test_f16_a_new_hostname_is_learned(bench: Bench) -> None:
    session = bench.connected()
    with session.configuring() as mode:
        assert not any(mode.send(line).error for line in ("hostname another-name", "interface Loopback0", "description x"))
    reply = session.send("show inventory")
    assert reply.output.startswith("NAME")
    assert "another-name" not in reply.output
    assert "r1#" not in reply.output
    assert session.send("show clock").output
    assert str(session.connection.send_command("show clock")).strip()
    with session.configuring() as mode:
        assert not mode.send("hostname r1").error
    assert "r1#" not in session.send("show clock").output
    session.check()


def test_the_device_does_not_enter_configuration_mode(bench: Bench) -> None:
    session = bench.connected()
    bench.faults(error_on=("configure terminal",))
    with pytest.raises(SessionError) as caught, session.configuring():
        pass
    assert (caught.value.phase, caught.value.cause) == ("command", "config_mode")
    assert "'% Invalid input detected at '^' marker.'" in caught.value.message
    bench.faults()
    assert session.send("show inventory").output.startswith("NAME")


def test_lines_behind_the_one_that_leaves_are_not_sent(bench: Bench) -> None:
    session = bench.connected()
    with session.configuring() as mode:
        assert not mode.send("end").error
        assert mode.send("reload").error == "not sent: configuration mode was left by 'end'"
    assert bench.fleet.log("r1")[-2:] == ("configure terminal", "end")
    assert session.send("show inventory").output.startswith("NAME")


@pytest.mark.parametrize("line", ["description a\nreload", "description a\rreload", "description \x03"])
def test_f19_a_line_is_one_line(bench: Bench, line: str) -> None:
    session = bench.connected()
    with session.configuring() as mode:
        try:
            assert mode.send(line).error.startswith("not sent: ")
        except ValueError:
            assert "\n" not in line
    assert bench.fleet.log("r1")[-2:] == ("configure terminal", "end")


def test_f34_a_line_that_hangs_ends_at_its_deadline(bench: Bench) -> None:
    session = bench.connected(limits=Limits(close=1.0))
    begun = time.monotonic()
    with pytest.raises(SessionError) as caught, session.configuring() as mode:
        bench.faults(hang_at="command")
        begun = time.monotonic()
        mode.send("interface Loopback0", timeout=0.4)
    session.close()
    assert time.monotonic() - begun < 10.0
    assert caught.value.cause == "command_timeout"
    assert bench.fleet.log("r1")[-1] == "interface Loopback0"


def test_f34_the_time_of_the_host_holds_in_configuration_mode(bench: Bench) -> None:
    session = bench.connected(limits=Limits(close=1.0))
    with pytest.raises(SessionError) as caught, session.configuring() as mode:
        bench.faults(hang_at="command")
        session.deadline = time.monotonic() + 0.3
        begun = time.monotonic()
        mode.send("interface Loopback0")
    assert time.monotonic() - begun < 4.0
    assert caught.value.cause == "host_timeout"


def test_f30_a_stop_does_not_cut_what_is_under_way(bench: Bench) -> None:
    session = bench.connected()
    with session.configuring() as mode:
        mode.send("interface Loopback0")
        bench.cancelled.set()
        assert not mode.send("description done").error
    assert bench.fleet.log("r1")[-1] == "end"
    with pytest.raises(Stopped):
        session.send("show clock")


def test_f30_grace_has_an_end(bench: Bench) -> None:
    session = bench.connected(limits=Limits(grace=0.5, close=1.0))
    begun = time.monotonic()
    with pytest.raises(Stopped), session.configuring() as mode:
        bench.faults(hang_at="command")
        bench.cancelled.set()
        begun = time.monotonic()
        mode.send("interface Loopback0")
    session.close()
    assert 0.4 < time.monotonic() - begun < 5.0


def test_no_configuration_is_begun_after_a_stop(bench: Bench) -> None:
    session = bench.connected()
    bench.cancelled.set()
    with pytest.raises(Stopped), session.configuring():
        pass
    assert "configure terminal" not in bench.fleet.log("r1")


def test_f31_a_session_that_is_closed_from_outside_was_stopped(bench: Bench) -> None:
    session = bench.connected()
    with pytest.raises(Stopped), session.configuring() as mode:
        bench.faults(hang_at="command")
        bench.cancelled.set()
        threading.Timer(0.3, session.close).start()
        mode.send("interface Loopback0")


def test_a_copy_with_a_question_that_was_declared(bench: Bench) -> None:
    session = bench.connected()
    reply = session.send("copy running-config startup-config", prompt=r"Destination filename", answer="")
    assert "[OK]" in reply.output
    assert bench.fleet.saved_config("r1") == bench.fleet.running_config("r1")
