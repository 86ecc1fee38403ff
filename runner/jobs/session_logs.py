"""The files `sessions/HOST.log` of a job: one for each host, opened with its session and closed with it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from runner.errors import RunnerError
from runner.events import Tell, Warned
from runner.jobs.secrets import secrets_of
from runner.results.atomic import open_to_append
from runner.results.file_names import safe_names
from runner.secret import Redactor, Secret
from runner.target import Target
from runner.transport.session_log import SessionLog
from runner.transport.watch import Witness

FOLDER = "sessions"


@dataclass(kw_only=True)
class SessionLogs:
    """Makes the logs of a job's sessions. What cannot be written is told once, and costs no session.

    Arguments:
        folder: the output folder; logs lie in `sessions` below it.
        redact: masks every secret of the job.
    """

    folder: Path
    job_id: str
    redact: Redactor
    tell: Tell
    _told: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, target: Target) -> Witness | None:
        """The log of a session with this target, which is added to what its file holds; None where there can be none."""
        try:
            names = (FOLDER, log_name(target.name))
            descriptor = open_to_append(self.folder, names)
        except RunnerError as error:
            self._warn(target.name, error.message)
            return None
        write = _Writer(descriptor, lambda reason: self._warn(target.name, reason))
        log = SessionLog(write, _secrets(target), self.redact)
        log("begun", f"session with {target.name}, job {self.job_id}")

        def witness(what: str, text: str) -> None:
            log(what, text)
            if what == "closed":
                write.close()

        return witness

    def _warn(self, host: str, reason: str) -> None:
        with self._lock:
            told, self._told = self._told, True
        if not told:
            hint = "the run goes on without this log, and others that cannot be written are not told of"
            self.tell(Warned(message=f"the session log of {host} is not written: {reason}", hint=hint))


@dataclass
class _Writer:
    """Writes to a descriptor until that fails."""

    descriptor: int
    failed: Callable[[str], None]

    def __call__(self, text: str) -> None:
        if self.descriptor < 0:
            return
        rest = memoryview(text.encode("utf-8", "backslashreplace"))
        try:
            while rest:
                rest = rest[os.write(self.descriptor, rest) :]
        except OSError as error:
            self.close()
            self.failed(error.strerror or str(error))

    def close(self) -> None:
        descriptor, self.descriptor = self.descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)


def log_name(host: str) -> str:
    """A safe file name for a host. Raises RunnerError: there is none, as the name would be too long."""
    try:
        return "%2F".join(safe_names(f"{host}.log".removeprefix("/")))
    except ValueError as error:
        raise RunnerError(f"its name {error}") from None


def _secrets(target: Target) -> Iterable[Secret]:
    return (*secrets_of(target), *target.secrets.values())
