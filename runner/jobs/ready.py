"""From a plan to a job that can run: logins, host keys and limits by the settings in force.

Apart from `prepare`, so that planning alone never loads what talks to devices, which takes longer than the planning.
"""

from __future__ import annotations

import resource
from collections.abc import Callable
from pathlib import Path

from runner.errors import InputError, Problem
from runner.inventory.resolver import Ask, Resolver
from runner.jobs.job import Job
from runner.jobs.prepare import Planned
from runner.settings.load import Settings
from runner.target import Limits
from runner.transport.host_keys import HostKeys

_OTHER_FILES = 24
"""Descriptors that a run needs beside one for each session: its streams, outputs, files being saved."""

_MANY = 100
"""Sessions at once above which a user is told what that means."""


def job_of(
    planned: Planned, *, ask_pass: Ask | None, ask_enable: Ask | None, ask_host_key: Callable[[str], bool] | None, ask: Ask | None = None
) -> Job:
    """The job that runs a plan, with the settings in force.

    Arguments:
        ask_pass: for `--ask-pass`: asks once for the password of all hosts. `ask_enable` is the same for the enable secret.
        ask_host_key: asks whether an unknown host key is to be accepted; None where nobody can be asked.
        ask: asks a question of the playbook's, or whether a run that paused goes on, and gives the line that was answered.

    Raises:
        InputError: more sessions at once than this process may open.
    """
    settings, options = planned.settings, planned.settings.options
    _check_descriptors(planned.plan.ceiling, 2 if options.session_log else 1)
    return Job(
        plan=planned.plan,
        registries=planned.registries,
        templates=planned.templates,
        resolver=Resolver(settings, ask_pass=ask_pass, ask_enable=ask_enable),
        host_keys=host_keys_of(settings, ask_host_key),
        limits=Limits(
            connect=options.connect_timeout,
            command=options.command_timeout,
            host=options.host_timeout,
            output=options.output_limit,
            grace=options.grace,
        ),
        output_dir=options.output_dir,
        login_rate=options.login_rate,
        ask=ask,
        session_log=options.session_log,
        on_in_doubt=options.on_in_doubt,
        inventory=str(options.inventory.absolute()),
        on_busy=options.on_busy,
        max_sessions=options.max_sessions,
    )


def host_keys_of(settings: Settings, ask: Callable[[str], bool] | None) -> HostKeys:
    """Known hosts are the inventory's, which learns accepted keys, and the user's; or the one file that a setting names."""
    options = settings.options
    own = options.inventory / "known_hosts"
    files = (own, Path.home() / ".ssh" / "known_hosts") if options.known_hosts is None else (options.known_hosts,)
    return HostKeys(mode=options.host_keys, files=files, accept_into=files[0], ask=ask)


def many_sessions_warning(planned: Planned) -> Problem | None:
    """For a ceiling that is allowed and seldom meant: every session is a thread here and a login at the same moment there."""
    if planned.plan.ceiling <= _MANY:
        return None
    hint = "login servers often take no more than a few dozen at a time; -b N makes the batches smaller"
    return Problem(message=f"up to {planned.plan.ceiling} sessions will be open at once", hint=hint)


def _check_descriptors(ceiling: int, each: int) -> None:
    """`each` is the number of files that one session needs."""
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if limit == resource.RLIM_INFINITY or each * ceiling + _OTHER_FILES <= limit:
        return
    most = max(1, (limit - _OTHER_FILES) // each)
    raise InputError(
        f"up to {ceiling} sessions at once need {each * ceiling + _OTHER_FILES} open files, and this process may have {limit}",
        hint=f"use -b {most} or less, or raise the limit with `ulimit -n`",
    )
