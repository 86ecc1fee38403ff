"""A client of a simulated Junos device: its prompts, a shell without pages, Netmiko's driver."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import paramiko
from netmiko.juniper.juniper import JuniperSSH

from runner.lab import Fleet
from tests.lab.client import ask, netmiko, read_until, shell

PROMPT = "\nadmin@r1> "
EDIT = "\n[edit]\nadmin@r1# "


@contextmanager
def driver(fleet: Fleet) -> Iterator[JuniperSSH]:
    with netmiko(fleet, "r1", platform="juniper_junos") as connection:
        assert isinstance(connection, JuniperSSH)
        yield connection


@contextmanager
def session(fleet: Fleet) -> Iterator[paramiko.Channel]:
    """A shell without pages."""
    with shell(fleet, "r1") as channel:
        read_until(channel, PROMPT.replace("\n", "\r\n").encode())
        say(channel, "set cli screen-length 0")
        yield channel


def say(channel: paramiko.Channel, line: str, prompt: str = PROMPT) -> str:
    """Send a line; what is answered before the prompt."""
    return ask(channel, line, prompt.replace("\n", "\r\n"))
