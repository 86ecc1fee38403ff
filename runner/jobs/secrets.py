"""Everything secret that a job needs, fetched before anything starts: logins, and what the markers in plans stand for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from runner.errors import InputError, Problem
from runner.inventory.credentials import targets_of
from runner.inventory.resolver import Lack, Resolver
from runner.planning.plan import Plan
from runner.secret import Secret
from runner.target import Target

Markers = Mapping[str, Mapping[str, Secret]]
"""For each host, what each marker stands for."""


def fetch(plan: Plan, resolver: Resolver) -> tuple[dict[str, Target], Markers]:
    """The target of every host that will be talked to, and every host's secrets.

    Raises:
        InputError: a login or a secret that cannot be had; each reason once, with the hosts it holds for.
    """
    wanted = [host for host in plan.hosts if any(host in play.variables and play.talks(host) for play in plan.plays)]
    markers, problems = _markers(plan, resolver)
    try:
        targets = targets_of((plan.devices[host] for host in wanted), resolver)
    except InputError as error:
        raise InputError([*error.problems, *problems]) from error
    if problems:
        raise InputError(problems)
    complete = {
        name: replace(target, facts=plan.platforms.of(target.platform), secrets=markers.get(name, {})) for name, target in targets.items()
    }
    return complete, markers


def all_secrets(plan: Plan, targets: Mapping[str, Target], markers: Markers) -> set[Secret]:
    """What is to be masked wherever it turns up; not a password that is the name of a user, of whichever host."""
    users = {Secret(each.username) for target in targets.values() for each in _way_to(target) if each.username}
    found = {secret for target in targets.values() for secret in secrets_of(target)} | _in_plain_text(plan)
    return (found - users) | {secret for each in markers.values() for secret in each.values()}


def _markers(plan: Plan, resolver: Resolver) -> tuple[Markers, list[Problem]]:
    found: dict[str, dict[str, Secret]] = {}
    lacks: dict[Lack, dict[str, None]] = {}
    for play in plan.plays:
        for host, references in play.secrets.items():
            for each, reference in references.items():
                value = resolver.variable(reference)
                if isinstance(value, Secret):
                    found.setdefault(host, {})[each] = value
                else:
                    lack = value or Lack(message=f"{reference} holds no value", where=reference.where)
                    lacks.setdefault(lack, {})[host] = None
    return found, [_problem(lack, tuple(hosts)) for lack, hosts in lacks.items()]


def _problem(lack: Lack, hosts: tuple[str, ...]) -> Problem:
    who = hosts[0] if len(hosts) == 1 else f"{hosts[0]} and {len(hosts) - 1} more"
    return Problem(message=f"{who}: {lack.message}", where=lack.where, hint=lack.hint)


def secrets_of(target: Target) -> Iterator[Secret]:
    """What must not be shown of a login and of those on the way to it.

    A password that is the user's own name hides nothing, and masking it would only blur messages.
    """
    for each in _way_to(target):
        for secret in (each.password, each.secret, each.passphrase):
            if secret is not None and secret != Secret(each.username):
                yield secret


def _way_to(target: Target) -> Iterator[Target]:
    """A target and every jump host on the way to it."""
    yield target
    if target.jump:
        yield from _way_to(target.jump)


def _in_plain_text(plan: Plan) -> set[Secret]:
    """Those that stand in the inventory, of hosts that no task will talk to as well."""
    logins = (device.login for device in plan.devices.values())
    names = {device.username for device in plan.devices.values()}
    found = (reference.value for login in logins for reference in (*login.password, *login.secret))
    return {value for value in found if value is not None and value.reveal() not in names}
