"""Where a session goes: address, login and options of one host, resolved once before a job starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from runner.secret import Secret


@dataclass(frozen=True, kw_only=True)
class Target:
    """One host as the transport needs it. `platform` is netmiko's device_type; `options` are allow-listed netmiko arguments."""

    name: str
    hostname: str
    port: int = 22
    username: str = ""
    password: Secret | None = None
    secret: Secret | None = None
    platform: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How long and how much, all in seconds on the monotonic clock, and bytes.

    Arguments:
        connect: until the first prompt, name resolution included.
        command: until a command's prompt is back.
        host: for everything on one host in one play; None = no limit.
        close: until the device must have confirmed the close.
        output: bytes kept of one command's output; the rest is cut and the result says so.
    """

    connect: float = 20.0
    command: float = 60.0
    host: float | None = None
    close: float = 2.0
    output: int = 10_000_000
