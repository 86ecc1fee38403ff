"""The devices a playbook may reach, as frozen data in which every value has been inherited and checked once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from runner.errors import Problem, Where
from runner.secret import Secret

ReferenceKind = Literal["plain", "env", "keyring", "credential"]


@dataclass(frozen=True, kw_only=True)
class Reference:
    """Where a login value comes from; it says nothing of the value itself unless the inventory holds it in plain text.

    Arguments:
        kind: `plain` (the value is in `value`), `env` (an environment variable), `keyring` (an entry of the system's keyring),
            or `credential` (a named entry of the user's own configuration).
        name: NAME, SERVICE/USER or the credential's name; empty for `plain`.
        where: the place in the inventory. Its `text` is always empty: the line may hold the password.
    """

    kind: ReferenceKind
    name: str = ""
    value: Secret | None = None
    where: Where | None = None

    def __str__(self) -> str:
        return self.kind if self.kind == "plain" else f"{self.kind}:{self.name}"


References = tuple[Reference, ...]
"""Candidates in the order they are asked: a `credential` need not hold every value, so that others may stand behind it."""


@dataclass(frozen=True, kw_only=True)
class LoginRefs:
    """Where the user name, the password and the enable secret of one host come from."""

    username: References = ()
    password: References = ()
    secret: References = ()


@dataclass(frozen=True, kw_only=True)
class Device:
    """One host with everything it inherits, merged as Nornir does: its own values, then its groups' in order, then the defaults'.

    Arguments:
        hostname: address or name to connect to; the host's own name where the inventory gives none.
        username: as written in the inventory, if it is there in plain text.
        platform: netmiko's device type.
        groups: own groups in the order written, each followed by its ancestors.
        options: netmiko arguments on our allow-list (`extras`), merged key by key.
        jump_host: name of the host through which it is reached, as inherited; None = it is reached directly.
        jump: that host, with its own jump host and so on.
        legacy_algorithms: old algorithms may be used with it.
    """

    name: str
    hostname: str
    port: int = 22
    username: str | None = None
    platform: str | None = None
    groups: tuple[str, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    login: LoginRefs = field(default_factory=LoginRefs)
    options: Mapping[str, Any] = field(default_factory=dict)
    jump_host: str | None = None
    jump: Device | None = None
    legacy_algorithms: bool = False

    @property
    def jumps(self) -> tuple[Device, ...]:
        """The hosts on the way to it, the nearest to it first."""
        return (self.jump, *self.jump.jumps) if self.jump else ()


@dataclass(frozen=True, kw_only=True)
class Inventory:
    """All devices in the order of the file.

    Arguments:
        groups: each group's host names, those of its children included, in the order of the hosts.
        warnings: what is odd but allowed, for example two hosts with one address.
    """

    devices: Mapping[str, Device]
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    warnings: tuple[Problem, ...] = ()

    @cached_property
    def all_groups(self) -> Mapping[str, Sequence[str]]:
        """Ansible's `groups`: every group's host names, and `all` and `ungrouped` where no group has that name."""
        ungrouped = [name for name, device in self.devices.items() if not device.groups]
        return {"all": list(self.devices), "ungrouped": ungrouped, **{name: list(hosts) for name, hosts in self.groups.items()}}
