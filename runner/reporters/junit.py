"""Makes the JUnit XML of a run, which build servers show as tests: a suite for each play, a case for each host and task."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO

from junitparser import Error, Failure, JUnitXml, Skipped, TestSuite
from junitparser.junitparser import FinalResult
from junitparser.xunit2 import TestCase

from runner.events import PlayStarted
from runner.journal.parts import HandlerError, HostRecord, TaskRecord, Turn
from runner.journal.record import JobRecord
from runner.journal.redaction import Redact
from runner.reporters.escape import escape, one_line
from runner.states import BAD, HostStatus, TaskStatus

SESSION = "session"
"""The name of the case for what happened to a host outside of its tasks: no connection, a session lost between two tasks."""

_LONGEST_OUTPUT = 20_000
"""Characters of a failed task's outputs that are shown, from their end."""
_NOT_XML = re.compile("[\ufffe\uffff]")
_BAD_TASKS = {TaskStatus.FAILED: "failed", TaskStatus.IN_DOUBT: "in_doubt", TaskStatus.UNREACHABLE: "unreachable"}


def junit(record: JobRecord, plays: Sequence[PlayStarted], redact: Redact) -> bytes:
    """The document, in UTF-8.

    A case is named after its task and belongs to the class of its host. Unreachable is an error; failed and in doubt are failures,
    told apart by their `type`; what was skipped, stopped or never begun is skipped. A failed result handler is an error of its own.
    """
    xml = JUnitXml("nornir-playbook")
    for part in _parts(record, plays):
        xml.add_testsuite(_Suite(part=part, record=record, redact=redact, several=len(record.batches) > len(part.batches)).made())
    for name in ("tests", "failures", "errors", "skipped"):
        setattr(xml, name, sum(getattr(suite, name) for suite in xml))
    xml.time = round(record.duration_seconds or 0.0, 3)
    content = BytesIO()
    xml.write(content)
    return content.getvalue()


@dataclass(frozen=True, kw_only=True)
class _Part:
    """A play: its name, its tasks as far as they are known, and its batches."""

    play: str
    tasks: tuple[str, ...]
    batches: tuple[int, ...]


def _parts(record: JobRecord, plays: Sequence[PlayStarted]) -> Iterator[_Part]:
    """The plays that began, then those that never did, of which only hosts are known."""
    rest = dict(sorted(record.batches.items()))
    for play in plays:
        numbers = tuple(number for number in rest if play.first_batch <= number < play.first_batch + play.batches)
        for number in numbers:
            del rest[number]
        yield _Part(play=play.play, tasks=play.tasks, batches=numbers)
    for name in dict.fromkeys(batch.play for batch in rest.values()):
        yield _Part(play=name, tasks=(), batches=tuple(number for number, batch in rest.items() if batch.play == name))


@dataclass(kw_only=True)
class _Suite:
    """The suite of one play under way. `several` says that there are other plays, so that names must tell them apart."""

    part: _Part
    record: JobRecord
    redact: Redact
    several: bool
    names: Counter[tuple[str, str]] = field(default_factory=Counter)

    def made(self) -> TestSuite:
        suite = TestSuite(self._line(self.part.play))
        if self.record.start_time:
            suite.timestamp = self.record.start_time.isoformat(timespec="seconds")
        for name, value in (("job", self.record.id), ("playbook", self.record.playbook), ("status", self.record.status.value)):
            suite.add_property(name, self._line(value))
        for number in self.part.batches:
            for host in self.record.batches[number].device_ids:
                suite.add_testcases([*self._host(self.record.hosts[host], number)])
        suite.time = round(sum(case.time or 0.0 for case in suite), 3)
        return suite

    def _host(self, host: HostRecord, number: int) -> Iterator[TestCase]:
        turn = host.turns.get(number) or Turn(batch_number=number, play=self.part.play)
        tasks = [task for task in host.tasks if task.batch_number == number]
        if turn.status in BAD and not any(task.status in _BAD_TASKS and not task.ignored for task in tasks):
            case = self._case(host.name, SESSION, number, 0.0 if tasks else turn.duration_seconds)
            case.result = self._verdict(turn.status.value, turn.reason, turn.hint)
            yield case
        for task in tasks:
            yield self._task(host.name, task)
        for error in self.record.handler_errors:
            if (error.host, error.batch_number) == (host.name, number):
                yield self._handler_error(error)
        done = {task.index for task in tasks}
        for index, name in enumerate(self.part.tasks or ("not started",)):
            if index not in done:
                case = self._case(host.name, name, number, 0.0)
                case.result = Skipped(self._line(_why_not(turn)))
                yield case

    def _task(self, host: str, task: TaskRecord) -> TestCase:
        case = self._case(host, task.name, task.batch_number, task.duration_seconds)
        if task.ignored:
            case.system_out = self._text(f"failed, and this was ignored: {task.reason}")
        elif task.status in _BAD_TASKS:
            case.result = self._verdict(_BAD_TASKS[task.status], task.reason, task.hint)
            case.system_out = self._outputs(task)
        elif task.status in (TaskStatus.SKIPPED, TaskStatus.STOPPED):
            case.result = Skipped(self._line(task.reason or task.status.value))
        return case

    def _handler_error(self, error: HandlerError) -> TestCase:
        where = f"{error.task}: {error.handler}" + (f" ({error.command})" if error.command else "")
        case = self._case(error.host, where, error.batch_number, 0.0)
        case.result = Error(self._line(error.message), "result_handler")
        return case

    def _verdict(self, status: str, reason: str, hint: str) -> FinalResult:
        message = f"in doubt: {reason}" if status == HostStatus.IN_DOUBT.value else reason
        made = (Error if status == HostStatus.UNREACHABLE.value else Failure)(self._line(message), status)
        made.text = self._text(f"{message}\n{hint}".strip())
        return made

    def _outputs(self, task: TaskRecord) -> str:
        read = (self.record.spool.read(stored) for stored in task.results)
        return self._text("\n".join(f"{each['command']}\n{each['output']}" for each in read)[-_LONGEST_OUTPUT:])

    def _case(self, host: str, name: str, number: int, seconds: float) -> TestCase:
        """A case whose name no other case of this host has: build servers take equal names for the same test."""
        full = self._line(f"{self.part.play}: {name}" if self.several else name)
        self.names[host, full] += 1
        times = self.names[host, full]
        case = TestCase(full if times == 1 else f"{full} ({times})", _plain(one_line(host)), round(seconds, 3))
        case.add_property("batch", str(number))
        return case

    def _line(self, text: str) -> str:
        return _plain(one_line(self.redact(text)))

    def _text(self, text: str) -> str:
        return _plain(escape(self.redact(text)))


def _plain(text: str) -> str:
    """XML 1.0 has no such characters, not even escaped."""
    return _NOT_XML.sub("\ufffd", text)


def _why_not(turn: Turn) -> str:
    why = f": {turn.reason}" if turn.reason else ""
    return (
        f"not started{why}"
        if turn.status in (HostStatus.PENDING, HostStatus.STOPPED)
        else f"not run, as the host is {turn.status.value}{why}"
    )
