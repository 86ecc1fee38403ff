"""The plan in words: what a person approves."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from runner import batches
from runner.planning.argument_checks import GUARDED
from runner.planning.limits import in_words, may_come_late
from runner.planning.plan import Plan, PlannedBatch, PlannedPlay, PlannedTask, Step
from runner.planning.registries import Registries
from runner.planning.sent_lines import sent_lines
from runner.secret import without_markers

_FEW = 10
"""Lines shown of what one task does on one host, and batches or hosts of very many, unless all are asked for."""
_MANY = 50
"""Batches, and hosts of a batch, that are all shown; of more only a few."""


def as_lines(plan: Plan, registries: Registries | None = None, *, every_host: bool) -> Iterator[str]:
    """The plan for reading. Where all hosts get the same, or `every_host` is false, one host stands for them."""
    registries = registries or Registries()
    yield f"{plan.playbook}: {_count(len(plan.hosts), 'host')}, {_count(len(plan.batches), 'batch')} ({batches.in_words(plan.batch_size)})"
    written = len(plan.written_hosts)
    jumps = f" + {_count(len(plan.jump_hosts), 'jump connection')}" if plan.jump_hosts else ""
    yield f"at most {_count(plan.ceiling, 'session')}{jumps} open at once; " + (
        f"writes to {_count(written, 'device')}" if written else "only reads from devices"
    )
    for play in plan.plays:
        yield ""
        yield play.name if play.name == f"play {play.index + 1}" else f"play: {play.name}"
        yield from _limit_lines(play)
        yield from _batch_lines(play.batches, every_host)
        for task in play.tasks:
            yield f"  task {task.index + 1}: {task.name} [{task.action}]{_marks(task, registries)}"
            yield from (without_markers(line) for line in _task_lines(play, task, registries, every_host))


def _batch_lines(planned: Sequence[PlannedBatch], every_host: bool) -> Iterator[str]:
    """The batches with their hosts; of very many the first ones and the last."""
    short = not every_host and len(planned) > _MANY
    for batch in (*planned[:_FEW], planned[-1]) if short else planned:
        if short and batch is planned[-1]:
            yield f"  ({len(planned) - _FEW - 1} more batches; -v shows them all)"
        hosts = batch.hosts if every_host or len(batch.hosts) <= _MANY else batch.hosts[:_FEW]
        rest = f" and {len(batch.hosts) - _FEW} more (-v shows them all)" if len(hosts) < len(batch.hosts) else ""
        yield f"  batch {batch.number}: {len(batch.hosts):>3}  {' '.join(hosts)}{rest}"


def _limit_lines(play: PlannedPlay) -> Iterator[str]:
    limits = in_words(play.policy)
    if not limits:
        return
    yield f"  limits: {', '.join(limits)}"
    if play.policy.any_errors_fatal:
        yield "  the hosts of a batch wait for each other before each task"
    elif may_come_late(play.policy) and any(map(play.writes_to, play.hosts)):
        yield "  when a limit trips, the other hosts of the batch may already have been written to: they do not wait for each other"


def _marks(task: PlannedTask, registries: Registries) -> str:
    """What is to be known of a task before it is let run: that it writes, and that what it talks through is not guarded."""
    steps = [step for step in task.steps.values() if step.writes]
    marks = []
    if steps:
        counts = sorted({sum(map(len, sent_lines(task, step, registries))) for step in steps})
        lines = f"{counts[0]} to {counts[-1]} lines" if len(counts) > 1 else _count(counts[0], "line")
        marks.append(f"writes: {task.action} ({lines if counts[-1] else _why(task, steps)})".removesuffix(" ()"))
    if task.connection not in ("", GUARDED):
        marks.append(f"unguarded: {task.connection}")
    return "".join(f"  {mark}" for mark in marks)


def _why(task: PlannedTask, steps: Sequence[Step]) -> str:
    """The first reason to count as writing; empty where it says no more than the action's name does."""
    return "" if task.no_log or task.action in steps[0].writes else steps[0].writes


def _task_lines(play: PlannedPlay, task: PlannedTask, registries: Registries, every_host: bool) -> Iterator[str]:
    """What each host gets, hosts with the same together."""
    if task.no_log:
        yield "      (hidden by no_log)"
        return
    groups: dict[tuple[str, ...], list[str]] = {}
    for host in play.hosts:
        groups.setdefault(tuple(_step_lines(task, task.steps[host], registries)), []).append(host)
    shown = list(groups.items())
    hidden = 0 if every_host or len(shown) <= 3 else len(shown) - 1
    for lines, hosts in shown[:1] if hidden else shown:
        if len(groups) > 1:
            yield f"      on {' '.join(hosts) if every_host or len(hosts) <= 3 else f'{hosts[0]} and {len(hosts) - 1} more'}:"
        indent = "        " if len(groups) > 1 else "      "
        yield from (indent + line for line in _shortened(lines, every_host))
    if hidden:
        yield f"      {hidden} other variants; -v shows them all"
    for call in task.on_result:
        target = call.arguments.get("path", "") if isinstance(call.arguments, dict) else call.arguments or ""
        yield f"      then {call.name}" + (f" {target}" if target else "") + (f" (for '{call.commands}')" if call.commands else "")


def _shortened(lines: tuple[str, ...], every_host: bool) -> Iterator[str]:
    few = every_host or len(lines) <= _FEW + 1
    yield from lines if few else lines[:_FEW]
    if not few:
        yield f"({len(lines) - _FEW} more lines; -v shows them all)"


def _step_lines(task: PlannedTask, step: Step, registries: Registries) -> Iterator[str]:
    if step.deferred:
        yield f"(known at run time: waits for {', '.join(sorted(step.deferred))})"
    sent = iter(sent_lines(task, step, registries))
    for each in step.rounds:
        prefix = f"[{each.label}] " if each.label else ""
        if each.skip:
            yield f"{prefix}(skipped: {each.skip})"
            continue
        lines = next(sent)
        if lines:
            yield from (prefix + line for line in lines)
            yield from _others(each.arguments, prefix, lines)
        elif isinstance(each.arguments, list):
            yield from (prefix + _text(entry) for entry in each.arguments)
        else:
            yield prefix + _text(each.arguments)


def _others(arguments: Any, prefix: str, lines: Sequence[str]) -> Iterator[str]:
    """The short arguments beside the lines that will be sent, such as `save: never`; not those that are such lines."""
    shown = {line.strip() for line in lines}
    if isinstance(arguments, dict):
        for key, value in arguments.items():
            text = isinstance(value, str) and "\n" not in value and value.strip() not in shown
            if isinstance(value, bool | int | float) or text:
                yield f"{prefix}({key}: {value})"


def _text(value: Any) -> str:
    if isinstance(value, dict) and isinstance(value.get("command"), str):
        return str(value["command"])
    if isinstance(value, dict) and list(value) == ["msg"]:
        return _text(value["msg"])
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _count(number: int, word: str) -> str:
    plural = {"batch": "batches"}.get(word, f"{word}s")
    return f"{number} {word if number == 1 else plural}"
