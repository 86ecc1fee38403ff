"""From a plan to a job that can run: logins, host keys and limits by the settings in force.

Apart from `prepare`, so that planning alone never loads what talks to devices, which takes longer than the planning.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from runner.inventory.resolver import Ask, Resolver
from runner.jobs.prepare import Planned
from runner.jobs.run import Job
from runner.settings.load import Settings
from runner.target import Limits
from runner.transport.host_keys import HostKeys


def job_of(planned: Planned, *, ask_pass: Ask | None, ask_enable: Ask | None, ask_host_key: Callable[[str], bool] | None) -> Job:
    """The job that runs a plan, with the settings in force.

    Arguments:
        ask_pass: for `--ask-pass`: asks once for the password of all hosts. `ask_enable` is the same for the enable secret.
        ask_host_key: asks whether an unknown host key is to be accepted; None where nobody can be asked.
    """
    settings, options = planned.settings, planned.settings.options
    return Job(
        plan=planned.plan,
        registries=planned.registries,
        templates=planned.templates,
        resolver=Resolver(settings, ask_pass=ask_pass, ask_enable=ask_enable),
        host_keys=host_keys_of(settings, ask_host_key),
        limits=Limits(
            connect=options.connect_timeout, command=options.command_timeout, host=options.host_timeout, output=options.output_limit
        ),
        output_dir=options.output_dir,
    )


def host_keys_of(settings: Settings, ask: Callable[[str], bool] | None) -> HostKeys:
    """Known hosts are the inventory's, which learns accepted keys, and the user's; or the one file that a setting names."""
    options = settings.options
    own = options.inventory / "known_hosts"
    files = (own, Path.home() / ".ssh" / "known_hosts") if options.known_hosts is None else (options.known_hosts,)
    return HostKeys(mode=options.host_keys, files=files, accept_into=files[0], ask=ask)
