"""The kinds of reports that `--report KIND=FILE` knows, and the reporter that writes one when the run has ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from runner.documents.suggest import did_you_mean
from runner.errors import InputError, Problem, RunnerError
from runner.events import Event, PlayStarted, RunFinished
from runner.journal.record import JobRecord
from runner.journal.redaction import Redact
from runner.reporters.junit import junit
from runner.results.atomic import replace_file

Report = Callable[[JobRecord, Sequence[PlayStarted], Redact], bytes]
"""Makes the content of a report from the record of a job that has ended and the plays that began, with what masks its secrets."""

KINDS: Mapping[str, Report] = {"junit": junit}
"""Every kind of report by its name; a new one is a module beside `junit.py` and a word here."""

_MARKS = {"junit": b"<testsuite"}
"""What stands at the beginning of a report of each kind, within the first `_HEAD` bytes."""
_HEAD = 1000


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A report that was asked for: its kind, and the file as the user named it."""

    kind: str
    file: Path


def wanted(texts: Sequence[str]) -> tuple[Wanted, ...]:
    """What `KIND=FILE` texts ask for. Raises InputError: an unknown kind, a file that cannot be one, two reports in one file."""
    found: list[Wanted] = []
    for text in texts:
        kind, equals, name = text.partition("=")
        if not equals or not name:
            raise _wrong(text, f"is no report; write KIND=FILE, for example {next(iter(KINDS))}=report.xml")
        if kind not in KINDS:
            raise _wrong(text, "is of no known kind", did_you_mean(kind, KINDS) or f"kinds: {', '.join(KINDS)}")
        if Path(name).is_dir():
            raise _wrong(text, "names a folder; a report needs the name of a file")
        if any(Path(name).absolute() == each.file.absolute() for each in found):
            raise _wrong(text, "names the file of another report")
        if _holds_something_else(Path(name), kind):
            raise _wrong(text, "names a file that is no such report and would be replaced", "choose another name, or remove that file")
        found.append(Wanted(kind=kind, file=Path(name)))
    return tuple(found)


@dataclass(kw_only=True)
class ReportFile:
    """The reporter that writes a report once, whole, when the run has ended, however it did. Told each event after `record` was.

    A folder that is missing is made. Attribute `lost` says why there is no new report; empty when it was written.
    """

    report: Wanted
    record: JobRecord
    redact: Redact
    lost: str = "the run was broken off before it could be written"
    plays: list[PlayStarted] = field(default_factory=list)

    def __call__(self, event: Event) -> None:
        if isinstance(event, PlayStarted):
            self.plays.append(event)
        elif isinstance(event, RunFinished):
            self._write()

    def _write(self) -> None:
        file = self.report.file
        try:
            replace_file(file.parent, (file.name,), KINDS[self.report.kind](self.record, self.plays, self.redact))
            self.lost = ""
        except RunnerError as error:
            self.lost = error.message
        except Exception as error:
            self.lost = f"internal error: {type(error).__name__}: {error}"
            raise  # the fan-out keeps it from the run, and says whose fault it is


def _holds_something_else(file: Path, kind: str) -> bool:
    """Whether a file is there that no report of this kind would be: an inventory, a playbook. What cannot be read is seen at the end."""
    try:
        if not file.is_file():
            return False
        with file.open("rb") as opened:
            head = opened.read(_HEAD)
    except OSError:
        return False
    return bool(head.strip()) and _MARKS[kind] not in head


def _wrong(text: str, what: str, hint: str = "") -> InputError:
    return InputError(Problem(message=f"--report '{text}' {what}", hint=hint))
