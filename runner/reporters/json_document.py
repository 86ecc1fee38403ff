"""Writes the job's record to stdout as one JSON document when the run has ended."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TextIO

from runner.events import Event, RunFinished
from runner.journal.document import write_json
from runner.journal.record import JobRecord
from runner.reporters.outlet import Outlet


class JsonDocument:
    """The reporter behind `--format json`. It must be told each event after `record` was."""

    def __init__(self, record: JobRecord, out: TextIO | None, *, environ: Mapping[str, str] = os.environ) -> None:
        self._record = record
        self._outlet = Outlet(out, environ)

    def __call__(self, event: Event) -> None:
        if isinstance(event, RunFinished):
            self.write()

    def write(self) -> None:
        """Write the document now."""
        write_json(self._record, self._outlet)

    def close(self) -> None:
        """Nothing to give back."""

    @property
    def lost(self) -> str:
        """Why the document could not be written, empty when it was or nobody wanted it any more."""
        return self._outlet.lost
