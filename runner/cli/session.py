"""What `run`, `exec` and `demo` share: run a plan with reporters, ask what must be asked, give the exit code."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TextIO

from runner.cli.ask import ask_line, ask_secret, ask_yes_no, can_ask, may_write
from runner.cli.streams import complain, results_apart
from runner.errors import Stopped

if TYPE_CHECKING:
    from runner.events import Tell
    from runner.execution.control import Control
    from runner.jobs.prepare import Planned
    from runner.jobs.recording import Recorder
    from runner.journal.record import JobRecord
    from runner.progress import Place
    from runner.reporters.console import Console
    from runner.reporters.json_document import JsonDocument
    from runner.reporters.ndjson import JsonLines
    from runner.reporters.reports import ReportFile, Wanted
    from runner.secret import Redactor
    from runner.settings.options import Options


@dataclass(frozen=True, kw_only=True)
class Choices:
    """How the starter wants a run asked and shown. `reports` are KIND=FILE texts."""

    ask_pass: bool = False
    ask_enable: bool = False
    grouped: bool = False
    yes: bool = False
    reports: Sequence[str] = ()


def run_and_report(
    planned: Planned,
    choices: Choices,
    recorder: Recorder | None = None,
    verdicts: Mapping[Place, str] | None = None,
    left: Collection[str] | None = None,
) -> int:
    """Run a plan to its end on this terminal or pipe; returns the exit code.

    Arguments:
        recorder: puts the job on record; None where it leaves none.
        verdicts: what a person says about writes in doubt: `done` or `not_done`.
        left: the hosts that are still at work in a job that goes on; None for all.

    Raises:
        InputError: before anything is touched. StoreError: the job cannot be recorded.
    """
    from runner.cli.problems import show_warnings
    from runner.cli.signals import stop_on_signals
    from runner.execution.control import Control
    from runner.inventory.credentials import plain_password_warning
    from runner.jobs.ready import job_of, many_sessions_warning
    from runner.jobs.run import run_job
    from runner.states import JobStatus

    hosts = [planned.plan.devices[host] for host in planned.plan.hosts]
    plain = None if choices.ask_pass else plain_password_warning(hosts)
    odd = [warning for warning in (plain, many_sessions_warning(planned)) if warning is not None]
    show_warnings((*planned.warnings, *odd))
    if not choices.yes and not may_write(planned.plan, left):
        complain("nothing was touched")
        return Stopped.exit_code
    control = Control()
    with results_apart() as out:
        reporters = _Reporters(choices, planned.settings.options, control, out)
        reporters.check()
        job = job_of(
            planned,
            ask_pass=ask_secret if choices.ask_pass else None,
            ask_enable=ask_secret if choices.ask_enable else None,
            ask_host_key=reporters.ask if can_ask() else None,
            ask=reporters.ask_line if can_ask() else None,
        )
        job = replace(job, recorder=recorder, verdicts=verdicts or {})
        with stop_on_signals(control, reporters.say):
            record = run_job(job, reporters.make, control)
    record.close()
    if reporters.lost:
        complain(f"error: results could not be written: {reporters.lost}")
    unwritten = reporters.unwritten
    for each in unwritten:
        complain(f"error: {each}")
    if recorder is not None and record.status in (JobStatus.STOPPED, JobStatus.PAUSED):
        complain(f"go on with: nornir-playbook resume {record.id}")
    if reporters.lost or unwritten:
        return 1
    return record.exit_code if record.exit_code is not None else 1


class _Reporters:
    """The reporters of a run on this terminal or pipe; `out` takes the results."""

    def __init__(self, choices: Choices, options: Options, control: Control, out: TextIO | None) -> None:
        self._choices = choices
        self._options = options
        self._text = options.format == "text"
        self._control = control
        self._out = out
        self._console: Console | None = None
        self._document: JsonDocument | JsonLines | None = None
        self._wanted: tuple[Wanted, ...] = ()
        self._files: list[ReportFile] = []

    def check(self) -> None:
        """Understand which reports are wanted, before anything is touched. Raises InputError."""
        if self._choices.reports:
            from runner.reporters.reports import wanted

            self._wanted = wanted(self._choices.reports)

    def make(self, record: JobRecord, redact: Redactor) -> Sequence[Tell]:
        """The console, and what writes JSON where stdout is its."""
        from runner.reporters.console import Console
        from runner.reporters.json_document import JsonDocument
        from runner.reporters.ndjson import JsonLines

        self._console = Console(
            record,
            out=self._out,
            err=sys.stderr,
            results=self._text,
            verbosity=self._options.verbosity,
            grouped=self._choices.grouped,
            redact=redact,
        )
        if self._wanted:
            from runner.reporters.reports import ReportFile

            self._files = [ReportFile(report=each, record=record, redact=redact) for each in self._wanted]
        if self._text:
            return [self._console, *self._files]
        lines = self._options.format == "ndjson"
        self._document = JsonLines(self._out, redact=redact) if lines else JsonDocument(record, self._out)
        return [self._console, self._document, *self._files]

    def ask(self, question: str) -> bool:
        """Ask about a host key while the console waits."""
        with self._quiet():
            return ask_yes_no(question, self._control.proceed)

    def ask_line(self, question: str) -> str:
        """Ask a question of the run's while the console waits."""
        with self._quiet():
            return ask_line(question, self._control.proceed)

    def say(self, text: str) -> None:
        """Say something about the run itself, above the live lines."""
        with self._quiet():
            complain(text)

    def _quiet(self) -> AbstractContextManager[None]:
        return nullcontext() if self._console is None else self._console.paused()

    @property
    def unwritten(self) -> list[str]:
        """A sentence for each report that could not be written."""
        from runner.reporters.escape import one_line

        lost = [(each.report, each.lost) for each in self._files if each.lost]
        return [one_line(f"report {report.kind}={report.file} was not written: {why}") for report, why in lost]

    @property
    def lost(self) -> str:
        """Why results did not reach stdout."""
        writer = self._document or self._console
        return writer.lost if writer is not None else ""
