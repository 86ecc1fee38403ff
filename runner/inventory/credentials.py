"""From references to logins: the one step in which passwords are fetched, after planning and before the first connection."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from ipaddress import ip_address

from runner.errors import InputError, Problem, Where
from runner.inventory.model import Device
from runner.inventory.resolver import Lack, Resolver
from runner.secret import Secret
from runner.target import Target

__all__ = ["Resolver", "plain_password_warning", "target_of", "targets_of"]

_WAYS = "write `password: env:NAME`, `password: keyring:SERVICE/USER` or `credential: NAME` in the inventory, or use --ask-pass"


def target_of(device: Device, resolver: Resolver) -> Target:
    """Where the session of one device goes. Raises InputError as `targets_of` does."""
    return targets_of([device], resolver)[device.name]


def targets_of(devices: Iterable[Device], resolver: Resolver) -> dict[str, Target]:
    """Where the sessions of all devices go, by name, each with the jump hosts on its way.

    Raises:
        InputError: a user name or password that cannot be had. One problem for each reason, with the hosts it holds for.
    """
    known: dict[str, Target] = {}
    lacks = _Lacks()
    targets = {device.name: _target(device, resolver, lacks, known) for device in devices}
    if lacks.hosts:
        raise InputError(lacks.problems())
    return targets


def _target(device: Device, resolver: Resolver, lacks: _Lacks, known: dict[str, Target]) -> Target:
    """The target of a device and of every host on the way to it, each made once."""
    if device.name in known:
        return known[device.name]
    jump = _target(device.jump, resolver, lacks, known) if device.jump else None
    login = device.login
    credential, opens = resolver.key_of(login.password)
    username = lacks.take(device, resolver.value("username", login.username), "no username", "write `username: NAME` in the inventory")
    missing = ("", "") if credential else ("no password", _WAYS)
    known[device.name] = Target(
        name=device.name,
        hostname=device.hostname,
        port=device.port,
        username=username.reveal() if username else "",
        password=lacks.take(device, resolver.value("password", login.password), *missing),
        secret=lacks.take(device, resolver.value("secret", login.secret)),
        platform=device.platform,
        options=device.options,
        key_file=credential.key_file if credential else None,
        passphrase=lacks.take(device, opens),
        agent=credential.agent if credential else False,
        legacy_algorithms=device.legacy_algorithms,
        jump=jump,
    )
    return known[device.name]


def plain_password_warning(devices: Iterable[Device]) -> Problem | None:
    """One warning for all passwords that stand in the inventory's files; None when there are none, loopback hosts aside."""
    hosts = [device for device in devices if not _is_loopback(device.hostname) and _plain_places(device)]
    if not hosts:
        return None
    count = f"of {len(hosts)} hosts stand" if len(hosts) > 1 else f"of {hosts[0].name} stand"
    return Problem(
        message=f"passwords {count} in the inventory in plain text",
        where=_plain_places(hosts[0])[0],
        hint="write env:NAME, keyring:SERVICE/USER or `credential: NAME` instead",
    )


class _Lacks:
    """What could not be had, with the hosts it was for."""

    def __init__(self) -> None:
        self.hosts: dict[Lack, dict[str, None]] = {}  # names in order, each once

    def take(self, device: Device, value: Secret | Lack | None, missing: str = "", hint: str = "") -> Secret | None:
        """The value; without one it is noted, unless it may be missing."""
        lack = value if isinstance(value, Lack) else Lack(message=missing, hint=hint) if value is None and missing else None
        if lack:
            self.hosts.setdefault(lack, {})[device.name] = None
        return value if isinstance(value, Secret) else None

    def problems(self) -> list[Problem]:
        """One problem for each reason."""
        return [Problem(message=f"{_named(hosts)}: {lack.message}", where=lack.where, hint=lack.hint) for lack, hosts in self.hosts.items()]


def _named(hosts: Collection[str]) -> str:
    first = next(iter(hosts))
    return first if len(hosts) == 1 else f"{first} and {len(hosts) - 1} more"


def _plain_places(device: Device) -> list[Where]:
    references = (*device.login.password, *device.login.secret)
    return [reference.where for reference in references if reference.kind == "plain" and reference.where]


def _is_loopback(hostname: str) -> bool:
    try:
        return ip_address(hostname).is_loopback
    except ValueError:
        return hostname.casefold() == "localhost"
