"""What every platform that the lab plays must do through a guarded session: one suite, judged by the lab's own book."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from ntc_templates.parse import parse_output

from runner.lab import Device, Faults, Fleet
from runner.lab.personalities import PERSONALITIES
from runner.platforms import Configuration, platform_of
from runner.secret import Secret
from runner.target import Limits, Target
from runner.transport.connection import GuardedNetmiko
from runner.transport.host_keys import HostKeys

LIMITS = Limits(connect=8.0, command=8.0, close=2.0)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One platform's own words.

    Arguments:
        shows: a reading command that ntc-templates can parse, and a key of what it gives.
        long: a command whose output is longer than a page.
        lines: a configuration that is accepted, and a text that then stands in the running configuration.
        bad: a line that is not, and words of the answer.
        rename: the lines that give it the name `renamed`.
        enables: it has a privileged mode with a secret of its own.
    """

    shows: tuple[str, str]
    long: str
    lines: tuple[str, ...]
    shown: str
    bad: tuple[str, str]
    rename: tuple[str, ...] = ("hostname renamed",)
    enables: bool = False
    back: tuple[str, ...] = field(default=("hostname r1",))


DESCRIBED = ("interface Loopback0", "description of a test")
ROWS = {
    "cisco_ios": Row(
        shows=("show version", "version"),
        long="show running-config",
        lines=DESCRIBED,
        shown="description of a test",
        bad=("descriptoin of a test", "% Invalid input detected"),
        enables=True,
    ),
    "arista_eos": Row(
        shows=("show version", "model"),
        long="show running-config",
        lines=DESCRIBED,
        shown="description of a test",
        bad=("descriptoin of a test", "% Invalid input"),
        enables=True,
    ),
    "cisco_xr": Row(
        shows=("show version", "version"),
        long="show running-config",
        lines=DESCRIBED,
        shown="description of a test",
        bad=("descriptoin of a test", "% Invalid input detected"),
    ),
    "juniper_junos": Row(
        shows=("show version", "junos_version"),
        long="show configuration | display set",
        lines=("set interfaces lo0 description of-a-test",),
        shown="of-a-test",
        bad=("set interfces lo0 description x", "syntax error"),
        rename=("set system host-name renamed",),
        back=("set system host-name r1",),
    ),
    "linux": Row(
        shows=("ip address show", "interface"),
        long="ps aux",
        lines=("hostname r1",),
        shown="",
        bad=("nonsense", "command not found"),
        rename=("hostname renamed",),
    ),
}


def test_every_platform_of_the_lab_has_a_row() -> None:
    assert set(PERSONALITIES) <= set(ROWS)


class Bench:
    """One device of a platform, and sessions with it."""

    def __init__(self, fleet: Fleet, folder: Path, platform: str) -> None:
        self.fleet, self.platform, self.row = fleet, platform, ROWS[platform]
        known_hosts = folder / "known_hosts"
        known_hosts.write_text(fleet.known_hosts())
        self.keys = HostKeys("strict", (known_hosts,))
        self.sessions: list[GuardedNetmiko] = []
        host, port = fleet.address("r1")
        self.target = Target(
            name="r1",
            hostname=host,
            port=port,
            username="admin",
            password=Secret("admin"),
            secret=Secret("s3cret") if self.row.enables else None,
            platform=platform,
        )

    @property
    def how(self) -> Configuration:
        config = platform_of(self.platform).config
        assert config
        return config

    def connected(self) -> GuardedNetmiko:
        self.sessions.append(GuardedNetmiko(self.target, LIMITS, self.keys, threading.Event()))
        self.sessions[-1].connect()
        return self.sessions[-1]

    def configure(self, session: GuardedNetmiko, *lines: str) -> None:
        """As an action does it: every line accepted, and committed where that is needed."""
        with session.configuring() as mode:
            for line in lines:
                reply = mode.send(line)
                assert not reply.error, reply
            if self.how.candidate:
                reply = mode.send(self.how.commit.format(comment="a test"), timeout=8.0)
                assert not reply.error, reply

    def running(self) -> str:
        return self.fleet.running_config("r1")


@pytest.fixture(params=[name for name in ROWS if name in PERSONALITIES])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    secret = "s3cret" if ROWS[request.param].enables else None
    with Fleet([Device("r1", platform=request.param, secret=secret)]) as fleet:
        bench = Bench(fleet, tmp_path, request.param)
        try:
            yield bench
        finally:
            for session in bench.sessions:
                session.close()
        assert fleet.wait_idle(), "a session is left at the device"
        assert not fleet.problems()


def in_step(bench: Bench, session: GuardedNetmiko) -> None:
    """The session stands at a prompt that is known, and gives clean answers."""
    first, second = (session.send(bench.row.shows[0]) for _ in range(2))
    for reply in (first, second):
        assert not reply.error
        assert parse_output(bench.platform, bench.row.shows[0], reply.output)
        assert not re.search(r"(?:r1|renamed)\S*[#>$]\s*\Z", reply.output), "the prompt is no part of the answer"
    session.check()


def test_connect_enable_show_parse_disconnect(bench: Bench) -> None:
    session = bench.connected()
    command, key = bench.row.shows
    reply = session.send(command)
    parsed = parse_output(bench.platform, command, reply.output)
    assert isinstance(parsed, list)
    assert parsed[0][key]
    in_step(bench, session)
    session.close()
    assert bench.fleet.wait_idle()
    assert session.close_confirmed


def test_pages_are_not_shown(bench: Bench) -> None:
    reply = bench.connected().send(bench.row.long)
    assert len(reply.output.splitlines()) > 24
    assert "more" not in reply.output.lower()
    assert not reply.error


@pytest.mark.parametrize("chunk", [0, 1, 3])
def test_a_configuration_is_accepted(bench: Bench, chunk: int) -> None:
    session = bench.connected()
    bench.fleet.set_faults("r1", Faults(chunk=chunk))
    bench.configure(session, *bench.row.lines)
    in_step(bench, session)
    assert bench.row.shown in bench.running()
    record = bench.fleet.sessions("r1")[-1]
    assert record.lines[-1].mode == "exec"
    assert len([commit for commit in record.commits if commit.done]) == int(bench.how.candidate)


def test_f13_a_configuration_is_rejected(bench: Bench) -> None:
    session = bench.connected()
    line, words = bench.row.bad
    before = bench.running()
    with session.configuring() as mode:
        reply = mode.send(line)
    assert words in reply.error
    in_step(bench, session)
    assert bench.running() == before
    assert not bench.fleet.sessions("r1")[-1].commits


def test_f20_what_was_not_committed_has_changed_nothing(bench: Bench) -> None:
    if not bench.how.candidate:
        pytest.skip("no candidate")
    session = bench.connected()
    before = bench.running()
    with session.configuring() as mode:
        assert not any(mode.send(line).error for line in bench.row.lines)
    in_step(bench, session)
    with session.configuring() as mode:
        assert bench.row.shown not in mode.send(bench.how.compare).output
    assert bench.running() == before
    assert not [commit for commit in bench.fleet.sessions("r1")[-1].commits if commit.done]
    assert "yes" not in {asked.answer for asked in bench.fleet.sessions("r1")[-1].asked}


def test_f16_the_name_changes(bench: Bench) -> None:
    session = bench.connected()
    bench.configure(session, *bench.row.rename)
    in_step(bench, session)
    assert "renamed" not in session.send(bench.row.long).output.splitlines()[-1]
    bench.configure(session, *bench.row.back)
    in_step(bench, session)


def test_it_is_saved_where_there_is_something_to_save(bench: Bench) -> None:
    session = bench.connected()
    bench.configure(session, *bench.row.lines)
    if not bench.how.save:
        assert bench.platform in ("cisco_xr", "juniper_junos", "linux")
        return
    reply = session.send(bench.how.save)
    assert not reply.error
    assert bench.row.shown in bench.fleet.saved_config("r1")
    in_step(bench, session)


def test_changes_can_be_compared(bench: Bench) -> None:
    """The running configuration, or on platforms with a candidate what waits in it, shows the lines."""
    session = bench.connected()
    if bench.how.candidate:
        with session.configuring() as mode:
            for line in bench.row.lines:
                mode.send(line)
            assert bench.row.shown in mode.send(bench.how.compare).output
    elif bench.how.running:
        bench.configure(session, *bench.row.lines)
        assert bench.row.shown in session.send(bench.how.running).output
