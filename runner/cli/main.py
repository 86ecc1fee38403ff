"""The command `nornir-playbook`: its subcommands, and how any error becomes lines on stderr and an exit code.

Every module of this package imports only click at its top: what a command needs is imported when it runs, so that
`--help` and completion answer at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from runner import __version__
from runner.cli import completion, streams
from runner.cli.config import config
from runner.cli.db import db
from runner.cli.diff import diff
from runner.cli.doc import doc
from runner.cli.doctor import doctor
from runner.cli.exec import exec_
from runner.cli.export import export
from runner.cli.help import help_
from runner.cli.hosts import hosts
from runner.cli.init import init
from runner.cli.jobs import jobs
from runner.cli.lab import demo, lab
from runner.cli.plan import plan, validate
from runner.cli.resume import resume, retry
from runner.cli.run import run
from runner.cli.schema import schema
from runner.cli.show import show
from runner.cli.stop import pause, stop
from runner.cli.watch import watch
from runner.errors import InputError, RunnerError, Stopped

PROGRAM = "nornir-playbook"


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name=PROGRAM)
def cli() -> None:
    """Run YAML playbooks on network devices over SSH, batch by batch.

    \b
    nornir-playbook demo                                   see it work on 25 simulated routers
    nornir-playbook plan playbooks/ospf_audit.yaml         what would run where; touches nothing
    nornir-playbook run playbooks/ospf_audit.yaml -b 10    run it, never more than 10 sessions open
    nornir-playbook exec core -c 'show version'            the same without a playbook
    """


_COMMANDS = (
    *(init, run, exec_, stop, pause, resume, retry, jobs, show, watch, diff, export),
    *(plan, validate, hosts, doctor, doc, schema, config, db, lab, demo, help_),
)

for command in _COMMANDS:
    cli.add_command(command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave the process with one of the documented exit codes."""
    streams.make_tolerant()
    code = _exit_code(arguments)
    lost = streams.flush()
    sys.exit(_lost(lost) if lost and code == 0 else code)


def _exit_code(arguments: Sequence[str] | None) -> int:
    try:
        return _run(arguments)
    except BrokenPipeError:
        # Who read our output has gone, and so nobody misses the rest: `nornir-playbook hosts | head -1` is no error.
        return 0
    except Exception as error:
        if os.environ.get("NORNIR_PLAYBOOK_DEBUG"):
            raise
        return _broken(error)


def _broken(error: Exception) -> int:
    """What nobody foresaw. Of the system's own errors, those without a file's name come from our output."""
    from runner.reporters.escape import one_line

    if isinstance(error, OSError) and error.strerror:
        return _lost(error.strerror) if error.filename is None else _complained(f"error: {one_line(f'{error.filename}: {error.strerror}')}")
    streams.complain(f"internal error: {type(error).__name__}: {one_line(str(error))}")
    return _complained("  this is a bug; NORNIR_PLAYBOOK_DEBUG=1 shows where it came from")


def _lost(reason: str) -> int:
    return _complained(f"error: results could not be written: {reason}")


def _complained(text: str) -> int:
    streams.complain(text)
    return RunnerError.exit_code


def _run(arguments: Sequence[str] | None) -> int:
    """Run a command and show what ended it; each kind of end has its exit code.

    In place of click's `main`, whose code for a broken pipe is 1.
    """
    if instruction := os.environ.get(completion.VARIABLE):
        return completion.answer(cli, PROGRAM, instruction)
    try:
        with cli.make_context(PROGRAM, [*(sys.argv[1:] if arguments is None else arguments)]) as context:
            result = cli.invoke(context)
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.ClickException as error:
        _usage(error)
        return InputError.exit_code
    except (click.Abort, KeyboardInterrupt, EOFError):
        streams.complain("stopped")
        return Stopped.exit_code
    except RunnerError as error:
        from runner.cli.problems import show_error

        show_error(error)
        return error.exit_code
    return result if isinstance(result, int) else 0


def _usage(error: click.ClickException) -> None:
    """A usage error with the command to ask for help; wrong input is exit code 3, not click's 1 or 2."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        streams.complain(error.format_message())
        return
    streams.complain(f"error: {error.format_message()}")
    if context is not None:
        streams.complain(f"  {context.command_path} --help shows what it takes")
