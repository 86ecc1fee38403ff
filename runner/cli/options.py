"""Options that several commands share, declared once, and the settings that come out of them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from runner.cli.completion import complete_folders, complete_hosts, complete_jobs

if TYPE_CHECKING:
    from runner.settings.load import Settings

Command = TypeVar("Command", bound=Callable[..., Any])

INVENTORY = click.option(
    "-i",
    "--inventory",
    metavar="DIR",
    type=click.Path(),
    shell_complete=complete_folders,
    help="Folder of the inventory: hosts.yaml, groups.yaml, defaults.yaml. [./inventory]",
)
LIMIT = click.option(
    "-l",
    "--limit",
    metavar="PATTERN",
    shell_complete=complete_hosts,
    help="Only these of the hosts: a pattern, or @FILE with one host a line.",
)
BATCH_SIZE = click.option(
    "-b", "--batch-size", metavar="N|P%|A,B,C", help="Hosts per batch, and so sessions at once: 10, 25%, a ramp 1,5,25%; 0 = all. [10]"
)
EXTRA_VARS = click.option(
    "-e", "--extra-vars", metavar="K=V|@FILE", multiple=True, help="Variables that win over all others; a file is YAML. Repeatable."
)
TAGS = click.option("-t", "--tags", metavar="TAGS", multiple=True, help="Only tasks with one of these tags; comma-separated, repeatable.")
SKIP_TAGS = click.option("--skip-tags", metavar="TAGS", multiple=True, help="Not the tasks with one of these tags.")
FORMAT = click.option("--format", "format_", type=click.Choice(["text", "json"]), help="What stdout holds. [text]")
RUN_FORMAT = click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json", "ndjson"]),
    help="What stdout holds; ndjson: one event a line, as it happens. [text]",
)
LIST_FORMAT = click.option(
    "--format", "format_", type=click.Choice(["text", "json", "ndjson"]), help="What stdout holds; ndjson: one object a line. [text]"
)
REPORT = click.option(
    "--report", "reports", metavar="KIND=FILE", multiple=True, help="Write a report when the run has ended: junit=FILE. Repeatable."
)
VERBOSE = click.option(
    "-v",
    "--verbose",
    count=True,
    callback=lambda context, parameter, value: min(value, 4),  # the most that the setting `verbosity` takes
    help="Say more: -v for what was sent and details of failures, -vv for every task.",
)

ASK_PASS = click.option("--ask-pass", is_flag=True, help="Ask once for the password of all hosts.")
ASK_ENABLE = click.option("--ask-enable", is_flag=True, help="Ask once for the enable secret of all hosts.")
YES = click.option("--yes", is_flag=True, help="Write to more than one device without asking.")
STORE = click.option("--store", metavar="FILE|URL", help="Where jobs are recorded. [jobs.db in your state folder]")

JOB = click.argument("job", shell_complete=complete_jobs)

_RECORD = (
    STORE,
    click.option(
        "--no-record",
        "record",
        flag_value=False,
        default=None,
        help="Leave no record: the job cannot be looked at, resumed or retried, and does not keep others off its devices.",
    ),
    click.option(
        "--idempotency-key",
        "key",
        metavar="KEY",
        help="Start nothing when a job with this key was started before; for whatever may call twice.",
    ),
)

_POLICY = (
    click.option(
        "--max-fail-percentage", metavar="P", type=click.FloatRange(0, 100), help="Stop when more than P% of a batch's hosts failed."
    ),
    click.option("--max-failures", metavar="N|P%", help="Stop when more hosts than this failed in the whole run."),
    click.option(
        "--any-errors-fatal",
        is_flag=True,
        callback=lambda context, parameter, value: value or None,  # not given says nothing about the playbook
        help="Stop at the first failure.",
    ),
    click.option(
        "--on-batch-failure",
        type=click.Choice(["continue", "stop", "pause"]),
        help="What follows a batch in which some host failed and none ended well. [continue]",
    ),
)

_CONNECT = (
    click.option(
        "--host-keys", type=click.Choice(["strict", "accept-new", "ignore"]), help="What to do about unknown SSH host keys. [strict]"
    ),
    click.option(
        "--known-hosts", metavar="FILE", type=click.Path(), help="Host keys file, instead of the inventory's and ~/.ssh/known_hosts."
    ),
    ASK_PASS,
    ASK_ENABLE,
    click.option(
        "--connect-timeout", metavar="S", type=click.FloatRange(min=0, min_open=True), help="Seconds until the first prompt. [20]"
    ),
)

_SESSION = (
    click.option(
        "--max-auth-failures",
        metavar="N",
        type=click.IntRange(min=1),
        help="Refused logins in a row after which the same credentials are not tried any more. [3]",
    ),
    click.option(
        "--connect-retries", metavar="N", type=click.IntRange(0, 100), help="Times to try again where a device cannot be reached. [0]"
    ),
    click.option(
        "--login-rate", metavar="N", type=click.FloatRange(min=0, min_open=True), help="At most N logins per second over all hosts."
    ),
    click.option(
        "--on-busy",
        type=click.Choice(["wait", "skip", "fail"]),
        help="What becomes of a host on whose device another job works; fail ends the job. [wait]",
    ),
    click.option("--max-sessions", metavar="N", type=click.IntRange(min=1), help="At most N hosts at work at once over all jobs."),
    YES,
    click.option("--command-timeout", metavar="S", type=click.FloatRange(min=0, min_open=True), help="Seconds for one command. [60]"),
    click.option("--host-timeout", metavar="S", type=click.FloatRange(min=0, min_open=True), help="Seconds for one host in one play."),
    click.option("--grace", metavar="S", type=click.FloatRange(min=0), help="Seconds that what writes is given to end after Ctrl-C. [30]"),
    click.option(
        "--session-log",
        is_flag=True,
        callback=lambda context, parameter, value: value or None,  # not given says nothing about the settings
        help="Keep the text of every session in sessions/HOST.log below --output-dir, without secrets.",
    ),
)


def output_dir(help_: str) -> Callable[[Command], Command]:
    """`--output-dir`, which is for different things in different commands."""
    return click.option("--output-dir", metavar="DIR", type=click.Path(), shell_complete=complete_folders, help=help_)


def policy_options(command: Command) -> Command:
    """The limits on failures."""
    for option in reversed(_POLICY):
        command = option(command)
    return command


def record_options(command: Command) -> Command:
    """Whether and where a run is recorded."""
    for option in reversed(_RECORD):
        command = option(command)
    return command


def session_options(command: Command) -> Command:
    """The options of every command that runs tasks in sessions."""
    for option in reversed(_SESSION):
        command = option(command)
    return connect_options(command)


def connect_options(command: Command) -> Command:
    """The options of every command that connects."""
    for option in reversed(_CONNECT):
        command = option(command)
    return command


def settings_for(start: Path, **flags: Any) -> Settings:
    """Settings from flags, environment, the project around `start`, the user's file and the defaults. Warnings are shown.

    Raises:
        InputError: a setting is wrong, with its place.
    """
    from runner.cli.problems import show_warnings
    from runner.settings.load import load_settings
    from runner.settings.project import project_root, user_config_file

    given = {name: value for name, value in flags.items() if value is not None and value != ()}
    settings = load_settings(flags=given, environ=os.environ, project=project_root(start), user_config=user_config_file())
    show_warnings(settings.warnings)
    return settings
