"""Writes every event to stdout as it happens, each as one line of JSON."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import TextIO

from runner.events import Event
from runner.journal.event_json import event_object
from runner.journal.redaction import Redact, unchanged
from runner.reporters.outlet import Outlet


class JsonLines:
    """The reporter behind `--format ndjson`. A line is written whole and at once; `docs/events.schema.json` says what is in it."""

    def __init__(self, out: TextIO | None, *, redact: Redact = unchanged, environ: Mapping[str, str] = os.environ) -> None:
        self._outlet = Outlet(out, environ)
        self._redact = redact
        self._ascii = self._outlet.encoding != "utf-8"

    def __call__(self, event: Event) -> None:
        line = json.dumps(event_object(event, self._redact), ensure_ascii=self._ascii, allow_nan=False)
        self._outlet.write(f"{line}\n")

    def close(self) -> None:
        """Nothing to give back."""

    @property
    def lost(self) -> str:
        """Why lines could not be written, empty when they were or nobody wanted them any more."""
        return self._outlet.lost
