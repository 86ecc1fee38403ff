"""The plan as JSON: what a pipeline reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from runner.planning.argument_checks import GUARDED
from runner.planning.plan import Plan, PlannedPlay, PlannedTask, Step
from runner.planning.registries import Registries
from runner.planning.sent_lines import sent_lines
from runner.secret import without_markers


def as_json(plan: Plan, registries: Registries | None = None) -> dict[str, Any]:
    """The plan as plain data: hosts, session ceiling, what is written, and each play with its batches and tasks."""
    registries = registries or Registries()
    return {
        "playbook": plan.playbook,
        "total_devices": len(plan.hosts),
        "batch_size": plan.batch_size,
        "total_batches": len(plan.batches),
        "session_ceiling": plan.ceiling,
        "jump_connections": len(plan.jump_hosts),
        "writes_to": list(plan.written_hosts),
        "hosts": list(plan.hosts),
        "plays": [_play(play, registries) for play in plan.plays],
    }


def _play(play: PlannedPlay, registries: Registries) -> dict[str, Any]:
    return {
        "name": play.name,
        "batch_size": play.batch_size,
        "limits": {**asdict(play.policy), "max_auth_failures": play.max_auth_failures, "connect_retries": play.connect_retries},
        "hosts": list(play.hosts),
        "batches": [
            {"batch_number": batch.number, "batch_size": len(batch.hosts), "device_ids": list(batch.hosts)} for batch in play.batches
        ],
        "tasks": [_task(play, task, registries) for task in play.tasks],
    }


def _task(play: PlannedPlay, task: PlannedTask, registries: Registries) -> dict[str, Any]:
    return {
        "name": task.name,
        "action": task.action,
        "register": task.register,
        "on_result": [call.name for call in task.on_result],
        "writes": any(step.writes for step in task.steps.values()),
        "connection": task.connection,
        "unguarded": task.connection not in ("", GUARDED),
        "steps": {} if task.no_log else {host: _step(task, task.steps[host], registries) for host in play.hosts},
    }


def _step(task: PlannedTask, step: Step, registries: Registries) -> dict[str, Any]:
    entry: dict[str, Any] = {"writes": step.writes} if step.writes else {}
    if step.deferred:
        return entry | {"waits_for": sorted(step.deferred)}
    sent = iter(sent_lines(task, step, registries))
    rounds: list[dict[str, Any]] = []
    for each in step.rounds:
        if each.skip:
            rounds.append({"skipped": each.skip})
            continue
        lines = next(sent)
        shown: dict[str, Any] = {"arguments": each.arguments}
        if each.item is not None:
            shown["item"] = each.item
        if lines:
            shown["lines"] = list(lines)
        rounds.append(_readable(shown))
    return entry | {"rounds": rounds}


def _readable(value: Any) -> Any:
    """The data with secrets named instead of marked."""
    if isinstance(value, str):
        return without_markers(value)
    if isinstance(value, Mapping):
        return {_readable(key): _readable(inner) for key, inner in value.items()}
    return [_readable(inner) for inner in value] if isinstance(value, list | tuple) else value
