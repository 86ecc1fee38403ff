"""Examines how one host is reached: its login resolved, then one session, step by step."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from runner.documents.suggest import did_you_mean
from runner.errors import InputError, Problem, SessionError
from runner.inventory.credentials import Resolver, target_of
from runner.inventory.load import load_inventory
from runner.inventory.model import Device
from runner.inventory.resolver import Ask
from runner.jobs.ready import host_keys_of
from runner.jobs.secrets import secrets_of
from runner.planning.project_platforms import read_platforms
from runner.secret import Redactor
from runner.settings.load import Settings
from runner.target import Limits
from runner.transport.diagnose import Diagnosis, Step, diagnose


def find(host: str, settings: Settings) -> tuple[Device, tuple[Problem, ...]]:
    """The device with that name, and what is odd in the inventory. Raises InputError: there is none, or the inventory is wrong."""
    inventory = load_inventory(None, settings)
    if host not in inventory.devices:
        hint = did_you_mean(host, inventory.devices) or "one host is examined, by its name; nornir-playbook hosts lists them"
        raise InputError(f"there is no host '{host}' in the inventory", hint=hint)
    return inventory.devices[host], inventory.warnings


def examine(
    device: Device,
    settings: Settings,
    root: Path,
    *,
    ask_pass: Ask | None,
    ask_enable: Ask | None,
    ask_host_key: Callable[[str], bool] | None,
    cancelled: threading.Event,
    told: Callable[[Step], None] = lambda step: None,
) -> Diagnosis:
    """Connect to a device once, as a run would, and close again. `told` gets each step as it ends; no text holds a secret.

    Arguments:
        root: the project's folder.

    Raises:
        InputError: the login cannot be resolved; nothing was touched.
        Stopped: the user asked to stop.
    """
    target = target_of(device, Resolver(settings, ask_pass=ask_pass, ask_enable=ask_enable))
    platforms, problems = read_platforms(root)
    if problems:
        raise InputError(problems)
    redact = Redactor(secrets_of(target))
    options = settings.options
    found = diagnose(
        replace(target, facts=platforms.of(target.platform)),
        Limits(connect=options.connect_timeout, command=options.command_timeout, output=options.output_limit),
        host_keys_of(settings, ask_host_key),
        cancelled,
        lambda step: told(_masked(step, redact)),
    )
    return replace(found, steps=tuple(_masked(step, redact) for step in found.steps), error=_masked_error(found.error, redact))


def _masked(step: Step, redact: Redactor) -> Step:
    return replace(step, details=tuple(map(redact, step.details)), reason=redact(step.reason), hint=redact(step.hint))


def _masked_error(error: SessionError | None, redact: Redactor) -> SessionError | None:
    if error is None:
        return None
    return SessionError(redact(error.message), phase=error.phase, cause=error.cause, hint=redact(error.hint), output=redact(error.output))
