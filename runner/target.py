"""Where a session goes: address, login and options of one host, resolved once before a job starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from runner.platforms import Platform
from runner.secret import Secret


@dataclass(frozen=True, kw_only=True)
class Target:
    """One host as the transport needs it.

    Arguments:
        platform: netmiko's device_type.
        facts: what is known of that platform; None = what the built-in table says.
        options: allow-listed netmiko arguments.
        secrets: what markers in lines stand for, by marker.
        key_file: private key to log in with; `passphrase` opens it. None = none.
        agent: keys of the user's SSH agent may be used.
        legacy_algorithms: algorithms that are refused today may be used with this host.
        jump: the host through which the connection goes.
    """

    name: str
    hostname: str
    port: int = 22
    username: str = ""
    password: Secret | None = None
    secret: Secret | None = None
    platform: str | None = None
    facts: Platform | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, Secret] = field(default_factory=dict)
    key_file: Path | None = None
    passphrase: Secret | None = None
    agent: bool = False
    legacy_algorithms: bool = False
    jump: Target | None = None


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How long and how much, all in seconds on the monotonic clock, and bytes.

    Arguments:
        connect: until the first prompt, name resolution included.
        command: until a command's prompt is back.
        host: for everything on one host in one play; None = no limit.
        close: until the device must have confirmed the close.
        output: bytes kept of one command's output; the rest is cut and the result says so.
        grace: for a configuration under way to end after the user asked to stop; then it is cut.
    """

    connect: float = 20.0
    command: float = 60.0
    host: float | None = None
    close: float = 2.0
    output: int = 10_000_000
    grace: float = 30.0
