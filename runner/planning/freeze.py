"""The plan as it is kept with a job: what a resumed job must find unchanged, part by part, without any secret."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from runner.job import Frozen
from runner.planning.plan import Plan, PlannedPlay, PlannedTask
from runner.planning.plan_json import as_json
from runner.planning.registries import Registries
from runner.secret import markers_in, without_markers

_OF_A_PLACE = frozenset({"at", "where", "files", "steps", "_numbers"})
"""Fields that say where something stands, or that are parts of their own."""


def freeze(plan: Plan, registries: Registries) -> Frozen:
    """The plan as data, and the digest of each part that a change could be in."""
    return Frozen(plan=as_json(plan, registries), digests={name: _digest(part) for name, part in _parts(plan)})


def changed_parts(before: Mapping[str, str], now: Mapping[str, str]) -> tuple[str, ...]:
    """What differs between the digests of two plans, in words: `host r1 has changed`, `task 3 'Set NTP' is new`."""
    gone = [f"{name} is gone" for name in before if name not in now]
    new = [f"{name} is new" for name in now if name not in before]
    changed = [f"{name} has changed" for name, digest in now.items() if before.get(name, digest) != digest]
    return (*changed, *gone, *new)


def _parts(plan: Plan) -> Iterator[tuple[str, Any]]:
    yield "the order of hosts and batches", [[(batch.number, batch.hosts) for batch in play.batches] for play in plan.plays]
    yield "the extra variables", plan.extra_vars
    for name in plan.hosts:
        device = plan.devices[name]
        yield f"host {name}", (device, plan.platforms.of(device.platform))
    for play in plan.plays:
        where = f"play '{play.name}'" if len(plan.plays) == 1 else f"play {play.index + 1} '{play.name}'"
        yield where, (play.policy, play.batch_size, play.max_auth_failures, play.connect_retries, play.written_vars)
        for host, variables in play.variables.items():
            yield f"variables of {host} in {where}", variables
        for task in play.tasks:
            yield f"task {task.index + 1} '{task.name}' of {where}", (task, _steps(play, task))
            for name, text in task.files.items():
                yield f"template {name}", text


def _steps(play: PlannedPlay, task: PlannedTask) -> Any:
    return [(host, task.steps[host].rounds, task.steps[host].deferred) for host in play.hosts]


def _digest(part: Any) -> str:
    return hashlib.sha256(json.dumps(_plain(part), sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()


def _plain(value: Any) -> Any:
    """The same as JSON can hold. Secrets are their own masked text, references to them what they refer to."""
    if isinstance(value, str):
        return _lasting(value)
    if value is None or isinstance(value, int | float | bool):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value) if field.name not in _OF_A_PLACE}
    if isinstance(value, Mapping):
        return {_lasting(str(key)): _plain(inner) for key, inner in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((_plain(inner) for inner in value), key=repr)
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return str(value)


def _lasting(text: str) -> str:
    """The text with markers that are the same in every plan: those of a plan are its own."""
    for each in markers_in(text):
        text = text.replace(each, f"\ue000{without_markers(each)}")
    return text
