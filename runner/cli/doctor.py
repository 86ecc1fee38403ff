"""`nornir-playbook doctor`: how one device is reached, step by step, and what to do about the step that fails."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from runner.cli.completion import complete_hosts
from runner.cli.options import FORMAT, INVENTORY, connect_options, settings_for
from runner.cli.streams import show

if TYPE_CHECKING:
    from runner.transport.diagnose import Diagnosis, Step


@click.command(short_help="Find out why a device cannot be reached.")
@click.argument("host", shell_complete=complete_hosts)
@INVENTORY
@connect_options
@FORMAT
def doctor(host: str, ask_pass: bool, ask_enable: bool, format_: str | None, **flags: str | float | None) -> int:
    """Connect to HOST once, as a run would, and show each step: what it gave, how long it took, what to do where it fails.

    \b
    nornir-playbook doctor r7
    nornir-playbook doctor r7 --ask-pass

    No command is sent but those that set the session up; the password is sent at most once. The exit code is 0, or the one that
    a run gives for such a host: 4 where no session could be set up, 2 where one could and the device yet refused what its platform
    is set up with, 3 where nothing was tried.
    """
    from runner.cli.ask import ask_secret, ask_yes_no, can_ask
    from runner.cli.problems import show_warnings
    from runner.cli.signals import stop_on_signals
    from runner.cli.streams import complain
    from runner.execution.control import Control
    from runner.jobs.doctor import examine, find
    from runner.settings.project import project_root

    settings = settings_for(Path.cwd(), format=format_, **flags)
    device, warnings = find(host, settings)
    show_warnings(warnings)
    text, control = settings.options.format == "text", Control()
    if text:
        _show_head(host, device.hostname, device.port, device.platform)
    with stop_on_signals(control, complain):
        found = examine(
            device,
            settings,
            project_root(Path.cwd()),
            ask_pass=ask_secret if ask_pass else None,
            ask_enable=ask_secret if ask_enable else None,
            ask_host_key=(lambda question: ask_yes_no(question, control.proceed)) if can_ask() else None,
            cancelled=control.cancelled,
            told=_show_step if text else lambda step: None,
        )
    if not text:
        show(json.dumps(_document(found), indent=2))
    return found.exit_code


def _show_head(host: str, hostname: str, port: int, platform: str | None) -> None:
    from runner.reporters.escape import one_line

    show(one_line(f"{host}: {hostname} port {port}, platform {platform or 'not given'}"))


def _show_step(step: Step) -> None:
    """A line for the step, and one for what to do."""
    from runner.reporters.escape import one_line

    time = "" if step.seconds is None else f"{step.seconds * 1000:.0f} ms"
    what = "; ".join(filter(None, (step.reason, *step.details) if step.status == "failed" else (*step.details, step.reason)))
    show(one_line(f"{_name(step):<{_WIDTH}}  {step.status:<11}  {time:>8}  {what}"))
    if step.hint:
        show(f"{'':<{_WIDTH}}  hint: {one_line(step.hint)}")
    sys.stdout.flush()


_WIDTH = 12


def _name(step: Step) -> str:
    return f"{step.hop} {step.name}" if step.hop else step.name


def _document(found: Diagnosis) -> dict[str, Any]:
    return {
        "host": found.host,
        "address": found.place,
        "exit_code": found.exit_code,
        "phase": found.error.phase if found.error else None,
        "cause": found.error.cause if found.error else None,
        "steps": [
            {
                "step": step.name,
                "jump_host": step.hop or None,
                "status": step.status,
                "milliseconds": None if step.seconds is None else round(step.seconds * 1000, 1),
                "details": list(step.details),
                "reason": step.reason,
                "hint": step.hint,
            }
            for step in found.steps
        ],
    }
