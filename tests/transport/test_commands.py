"""Commands on an open session: whole outputs in step, or an honest error; never a wrong one."""

from __future__ import annotations

import math
import threading
import time

import pytest
from nornir.core import Nornir
from nornir.core.inventory import Defaults, Groups, Host, Hosts, Inventory
from nornir.core.task import Result, Task
from nornir.plugins.runners import SerialRunner
from nornir_netmiko.tasks import netmiko_send_command

from runner.errors import SessionError, Stopped
from runner.target import Limits
from tests.transport.conftest import Bench


def test_outputs_are_whole_and_in_step(bench: Bench) -> None:
    session = bench.connected()
    version, brief = session.send("show version"), session.send("show ip interface brief")
    assert version.output.startswith("Cisco IOS Software")
    assert brief.output.startswith("Interface")
    assert all("r1#" not in reply.output and "show" not in reply.output.splitlines()[0] for reply in (version, brief))
    assert (version.command, version.truncated, version.error) == ("show version", False, "")
    assert 0 < version.duration_seconds < 5
    assert session.send("show version").output == version.output
    session.check()


@pytest.mark.parametrize("chunk", [1, 3, 7])
def test_packets_cut_anywhere_change_nothing(bench: Bench, chunk: int) -> None:
    session = bench.connected()
    whole = session.send("show ip route").output
    bench.faults(chunk=chunk)
    assert session.send("show ip route").output == whole
    assert session.send("show inventory").output.count("r1#") == 0


RAW = {
    "f15_prompt_text_in_the_middle": (b"one\r\nr1#show run\r\n r1#\r\ntwo\r\n", "one\nr1#show run\n r1#\ntwo"),
    "odd_line_ends": (b"one\r\r\ntwo\n\rthree\r\n", "one\ntwo\nthree"),
    "f70_escape_sequences_are_kept": (b"\x1b]0;title\x07\x1b[2Jtext\r\n", "\x1b]0;title\x07\x1b[2Jtext"),
    "the_command_again": (b"history: show raw\r\nshow raw\r\n", "history: show raw\nshow raw"),
    "nothing": (b"", ""),
    "blank_lines": (b"\r\n\r\nx\r\n\r\n", "\n\nx\n"),
}


@pytest.mark.parametrize("row", RAW)
@pytest.mark.parametrize("chunk", [0, 5])
def test_raw_output(bench: Bench, row: str, chunk: int) -> None:
    raw, expected = RAW[row]
    session = bench.connected()
    bench.faults(raw_output={"show raw": raw}, chunk=chunk)
    reply = session.send("show raw")
    assert reply.output.rstrip("\n") == expected.rstrip("\n")
    assert session.send("show inventory").output.startswith("NAME")


@pytest.mark.parametrize("chunk", [0, 1, 2, 3])
def test_f79b_bytes_that_are_not_utf8_survive(bench: Bench, chunk: int) -> None:
    raw = "é€𝄞".encode() + b" \xff\xfe\x80 " + "text".encode("utf-16-le") + b"\r\n"
    session = bench.connected()
    bench.faults(raw_output={"show raw": raw}, chunk=chunk)
    assert session.send("show raw").output.encode("utf-8", "surrogateescape") == raw.removesuffix(b"\r\n")


@pytest.mark.parametrize(("chunk", "pause"), [(3, 0.03), (len("show raw\r\none line\r\nr1#"), 0.5)], ids=["packets", "long_pause"])
def test_f15_a_false_prompt_ends_nothing_or_is_told(bench: Bench, chunk: int, pause: float) -> None:
    """The false prompt stands alone at the end of what has arrived for a while: the output is whole, or the session says it is not."""
    session = bench.connected()
    bench.faults(raw_output={"show raw": b"one line\r\nr1#go on\r\nlast line\r\n"}, chunk=chunk, delay_chunks=pause)
    reply = session.send("show raw")
    if reply.output == "one line\nr1#go on\nlast line":
        bench.faults()
        assert session.send("show inventory").output.startswith("NAME")
        return
    assert reply.output == "one line"
    until = time.monotonic() + 5.0
    with pytest.raises(SessionError) as caught:
        while time.monotonic() < until:
            session.check()
    assert caught.value.cause == "out_of_step"


@pytest.mark.parametrize("command", ["show nonsense", "nonsense", "show ip nonsense"])
def test_the_devices_own_error_line(bench: Bench, command: str) -> None:
    reply = bench.connected().send(command)
    assert reply.error.startswith("% ")
    assert reply.error in reply.output


def test_an_error_text_deep_in_an_output_is_no_error(bench: Bench) -> None:
    session = bench.connected()
    bench.faults(raw_output={"show logging": b"one\r\ntwo\r\nthree\r\n% Invalid input detected\r\n"})
    assert session.send("show logging").error == ""


def test_f79_long_output_is_cut_and_says_so(bench: Bench) -> None:
    session = bench.connected(limits=Limits(output=20_000, close=1.0))
    bench.faults(flood=100_000)
    reply = session.send("show version")
    assert reply.truncated
    assert len(reply.output) <= 20_000
    assert reply.output.startswith("Cisco IOS Software")
    bench.faults()
    assert session.send("show inventory").output.startswith("NAME")


def test_f79_the_cap_cuts_no_character_in_two(bench: Bench) -> None:
    session = bench.connected(limits=Limits(output=1001, close=1.0))
    bench.faults(raw_output={"show raw": "é".encode() * 2000 + b"\r\n"})
    assert session.send("show raw").output == "é" * 500


def test_f79_endless_output_is_given_up(bench: Bench) -> None:
    session = bench.connected(limits=Limits(output=50_000, command=60.0, close=1.0))
    bench.faults(flood=math.inf)
    with pytest.raises(SessionError) as caught:
        session.send("show version")
    assert (caught.value.phase, caught.value.cause) == ("command", "output_limit")


def test_f34_a_hanging_command_ends_at_its_deadline(bench: Bench) -> None:
    session = bench.connected()
    bench.faults(hang_at="command")
    begun = time.monotonic()
    with pytest.raises(SessionError) as caught:
        session.send("show version", timeout=0.4)
    session.close()
    assert time.monotonic() - begun < 5.0
    assert (caught.value.phase, caught.value.cause) == ("command", "command_timeout")
    assert not caught.value.unreachable
    assert "no prompt in 0.4 s after 'show version'" in caught.value.message
    assert "last seen: 'r1#show version'" in caught.value.hint


def test_f34_after_a_lost_command_the_session_refuses_more(bench: Bench) -> None:
    session = bench.connected()
    bench.faults(hang_at="command")
    for command, cause in (("show version", "command_timeout"), ("show clock", "broken")):
        with pytest.raises(SessionError) as caught:
            session.send(command, timeout=0.2)
        assert caught.value.cause == cause
    assert bench.fleet.log("r1")[-1] == "show version"


def test_a_device_that_closes_in_mid_command_is_not_waited_for(bench: Bench) -> None:
    session = bench.connected(limits=Limits(command=60.0))
    bench.faults(close_at="command")
    begun = time.monotonic()
    with pytest.raises(SessionError) as caught:
        session.send("show version")
    assert time.monotonic() - begun < 5.0
    assert (caught.value.phase, caught.value.cause) == ("command", "closed")
    assert "closed the session in the middle of 'show version'" in caught.value.message
    assert caught.value.output


def test_the_host_deadline_caps_a_command(bench: Bench) -> None:
    session = bench.connected(limits=Limits(command=60.0, close=1.0))
    bench.faults(hang_at="command")
    session.deadline = time.monotonic() + 0.3
    with pytest.raises(SessionError) as caught:
        session.send("show version")
    assert (caught.value.phase, caught.value.cause) == ("command", "host_timeout")


def test_the_host_deadline_caps_connecting(bench: Bench) -> None:
    bench.faults(hang_at="banner")
    session = bench.session()
    session.deadline = time.monotonic() + 0.3
    with pytest.raises(SessionError) as caught:
        session.connect()
    assert (caught.value.phase, caught.value.cause) == ("banner", "host_timeout")


def test_paging_that_is_still_on_is_told(bench: Bench) -> None:
    session = bench.connected()
    session.send("terminal length 5")
    with pytest.raises(SessionError) as caught:
        session.send("show version")
    assert caught.value.cause == "paging"
    assert "--More--" in caught.value.message


def test_a_command_is_one_line(bench: Bench) -> None:
    session = bench.connected()
    with pytest.raises(ValueError, match="one line"):
        session.send("show version\nreload")
    assert "reload" not in bench.fleet.log("r1")


def test_a_slow_command_is_waited_for(bench: Bench) -> None:
    session = bench.connected()
    bench.faults(slow=1.3)
    reply = session.send("show inventory")
    assert reply.output.startswith("NAME")
    assert reply.duration_seconds > 1.2


@pytest.mark.parametrize("hang", ["command", "prompt", "banner", "auth", "shell", "tcp"])
def test_f30_a_stop_is_obeyed_at_once(bench: Bench, hang: str) -> None:
    session = bench.session(limits=Limits(connect=60.0, command=60.0))
    stop = threading.Timer(0.3, bench.cancelled.set)
    if hang == "command":
        session.connect()
    bench.faults(hang_at=hang)
    stop.start()
    begun = time.monotonic()
    with pytest.raises(Stopped):
        session.send("show version") if hang == "command" else session.connect()
    session.close()
    stop.join()
    assert time.monotonic() - begun < 0.3 + 2.0


def test_nornir_netmiko_tasks_work_through_it(bench: Bench) -> None:
    session = bench.connected()

    def play(task: Task) -> Result:
        task.host.connections["netmiko"] = session
        texts = [task.run(netmiko_send_command, command_string=command).result for command in ("show version", "show clock")]
        task.host.close_connections()
        return Result(task.host, result=texts)

    inventory = Inventory(Hosts({"r1": Host("r1")}), Groups({}), Defaults())
    result = Nornir(inventory, runner=SerialRunner()).run(play)
    assert not result.failed
    version, clock = result["r1"][0].result
    assert version.startswith("Cisco IOS Software")
    assert "UTC" in clock
    assert session.close_confirmed


def test_own_commands_and_netmikos_may_alternate(bench: Bench) -> None:
    session = bench.connected()
    for _ in range(2):
        assert session.send("show inventory").output.startswith("NAME")
        assert str(session.connection.send_command("show version")).startswith("Cisco")
    session.connection.config_mode()
    assert session.send("show nonsense").error.startswith("% ")
    session.close()
    assert bench.fleet.log("r1")[-3:] == ("show nonsense", "end", "exit"), "the driver leaves config mode"


def test_f35_a_jumping_wall_clock_has_no_effect(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls = time.time, iter(range(10_000_000))
    monkeypatch.setattr(time, "time", lambda: real() + 3600 * next(calls) * (-1) ** next(calls))
    session = bench.connected()
    bench.faults(slow=0.5)
    assert session.send("show inventory").output.startswith("NAME")
    bench.faults(hang_at="command")
    with pytest.raises(SessionError, match=r"in 0\.3 s"):
        session.send("show version", timeout=0.3)
