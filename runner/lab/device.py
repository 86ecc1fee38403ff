"""What a simulated device is: its name, its login, its groups and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from runner.lab.faults import Faults

SITES = ("ams", "lon", "fra")
ROLES = ("core", "edge", "access", "access")


@dataclass(frozen=True)
class Device:
    """One device of a fleet.

    Attributes:
        password: of the login; None lets nobody in by password.
        secret: what `enable` asks for; None means that a login is privileged at once. On Linux what `sudo` asks for: None the
            login's password, empty none at all.
        latency: seconds per command.
        public_keys: keys that log in too, as lines of OpenSSH's `authorized_keys`.
        code: the right answer to the question of `Faults.second_factor`.
        jump: it forwards connections to loopback ports, as a jump host does.
    """

    name: str
    platform: str = "cisco_ios"
    username: str = "admin"
    password: str | None = field(default="admin", repr=False)
    secret: str | None = field(default=None, repr=False)
    groups: tuple[str, ...] = ()
    faults: Faults = field(default_factory=Faults)
    data: Mapping[str, Any] = field(default_factory=dict)
    latency: float = 0.0
    public_keys: tuple[str, ...] = ()
    code: str = field(default="123456", repr=False)
    jump: bool = False

    @classmethod
    def fleet(cls, count: int, **same: Any) -> tuple[Device, ...]:
        """`r1` to `rN`, a site and a role each; `same` is given to all. A device is the same in a fleet of any size."""
        return tuple(cls(**{"name": f"r{number}", "groups": groups_of(number), **same}) for number in range(1, count + 1))


def groups_of(number: int) -> tuple[str, str]:
    """Site and role of the device with this number (from 1): three sites in turn, and every role in each of them."""
    return SITES[(number - 1) % len(SITES)], ROLES[(number - 1) // len(SITES) % len(ROLES)]
