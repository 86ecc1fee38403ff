"""The plan in words and as JSON: what a person approves, and what a pipeline reads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from runner.planning.plan import Plan, PlannedPlay, PlannedTask, Step


def as_json(plan: Plan) -> dict[str, Any]:
    """The plan as plain data: hosts, session ceiling, and each play with its batches and tasks."""
    return {
        "playbook": plan.playbook,
        "total_devices": len(plan.hosts),
        "batch_size": plan.batch_size,
        "total_batches": len(plan.batches),
        "session_ceiling": plan.ceiling,
        "hosts": list(plan.hosts),
        "plays": [_play(play) for play in plan.plays],
    }


def as_lines(plan: Plan, *, every_host: bool) -> Iterator[str]:
    """The plan for reading. Where all hosts get the same, or `every_host` is false, one host stands for them."""
    size = ",".join(map(str, plan.batch_size)) if isinstance(plan.batch_size, list) else plan.batch_size
    yield f"{plan.playbook}: {_count(len(plan.hosts), 'host')}, {_count(len(plan.batches), 'batch')} (batch size {size})"
    yield f"at most {_count(plan.ceiling, 'session')} open at once; only reads from devices"
    for play in plan.plays:
        yield ""
        yield f"play: {play.name}"
        for batch in play.batches:
            yield f"  batch {batch.number}: {len(batch.hosts):>3}  {' '.join(batch.hosts)}"
        for task in play.tasks:
            yield f"  task {task.index + 1}: {task.name} [{task.action}]"
            yield from _task_lines(play, task, every_host)


def _play(play: PlannedPlay) -> dict[str, Any]:
    return {
        "name": play.name,
        "batch_size": play.batch_size,
        "hosts": list(play.hosts),
        "batches": [
            {"batch_number": batch.number, "batch_size": len(batch.hosts), "device_ids": list(batch.hosts)} for batch in play.batches
        ],
        "tasks": [_task(play, task) for task in play.tasks],
    }


def _task(play: PlannedPlay, task: PlannedTask) -> dict[str, Any]:
    return {
        "name": task.name,
        "action": task.action,
        "register": task.register,
        "on_result": [call.name for call in task.on_result],
        "steps": {} if task.no_log else {host: _step(task.steps[host]) for host in play.hosts},
    }


def _step(step: Step) -> dict[str, Any]:
    if step.deferred:
        return {"waits_for": sorted(step.deferred)}
    return {
        "rounds": [
            {"skipped": each.skip} if each.skip else {"arguments": each.arguments} | ({"item": each.item} if each.item is not None else {})
            for each in step.rounds
        ]
    }


def _task_lines(play: PlannedPlay, task: PlannedTask, every_host: bool) -> Iterator[str]:
    """What each host gets, hosts with the same together."""
    if task.no_log:
        yield "      (hidden by no_log)"
        return
    groups: dict[tuple[str, ...], list[str]] = {}
    for host in play.hosts:
        groups.setdefault(tuple(_step_lines(task.steps[host])), []).append(host)
    shown = list(groups.items())
    hidden = 0 if every_host or len(shown) <= 3 else len(shown) - 1
    for lines, hosts in shown[:1] if hidden else shown:
        if len(groups) > 1:
            yield f"      on {' '.join(hosts) if every_host or len(hosts) <= 3 else f'{hosts[0]} and {len(hosts) - 1} more'}:"
        indent = "        " if len(groups) > 1 else "      "
        yield from (indent + line for line in lines)
    if hidden:
        yield f"      {hidden} other variants; -v shows them all"
    for call in task.on_result:
        target = call.arguments.get("path", "") if isinstance(call.arguments, dict) else call.arguments or ""
        yield f"      then {call.name}" + (f" {target}" if target else "") + (f" (for '{call.commands}')" if call.commands else "")


def _step_lines(step: Step) -> Iterator[str]:
    if step.deferred:
        yield f"(known at run time: waits for {', '.join(sorted(step.deferred))})"
    for each in step.rounds:
        prefix = f"[{each.label}] " if each.label else ""
        if each.skip:
            yield f"{prefix}(skipped: {each.skip})"
        elif isinstance(each.arguments, list):
            yield from (prefix + _text(entry) for entry in each.arguments)
        else:
            yield prefix + _text(each.arguments)


def _text(value: Any) -> str:
    if isinstance(value, dict) and isinstance(value.get("command"), str):
        return str(value["command"])
    if isinstance(value, dict) and list(value) == ["msg"]:
        return _text(value["msg"])
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _count(number: int, word: str) -> str:
    plural = {"batch": "batches"}.get(word, f"{word}s")
    return f"{number} {word if number == 1 else plural}"
