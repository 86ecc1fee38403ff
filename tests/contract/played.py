"""Each platform's own words, and a lab device of it with sessions to it, for the suites that every platform must pass."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field
from pathlib import Path

from ntc_templates.parse import parse_output

from runner.lab import Fleet
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
        long="show configuration",
        lines=("set interfaces lo0 description of-a-test",),
        shown="of-a-test",
        bad=("set interfces lo0 description x", "syntax error"),
        rename=("set system host-name renamed",),
        back=("set system host-name r1",),
    ),
    "linux": Row(
        shows=("ip address show", "interface"),
        long="ip address show; ip address show; ip address show",
        lines=("hostname r1",),
        shown="",
        bad=("nonsense", "command not found"),
        rename=("hostname renamed",),
    ),
}


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


def in_step(bench: Bench, session: GuardedNetmiko) -> None:
    """The session stands at a prompt that is known, and gives clean answers."""
    first, second = (session.send(bench.row.shows[0]) for _ in range(2))
    for reply in (first, second):
        assert not reply.error
        assert parse_output(bench.platform, bench.row.shows[0], reply.output)
        assert not re.search(r"(?:r1|renamed)\S*[#>$]\s*\Z", reply.output), "the prompt is no part of the answer"
    session.check()
