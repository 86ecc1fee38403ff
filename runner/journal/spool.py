"""Holds the outputs of a run on disk instead of in memory until they have been told."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import IO, Any

from runner.contracts import CommandResult
from runner.journal.jsonable import jsonable
from runner.journal.redaction import Redact, unchanged


@dataclass(frozen=True, kw_only=True, slots=True)
class Stored:
    """Where one command's result lies in the spool: `length` bytes from `offset`.

    `digest` is equal for equal outputs, so that they can be grouped without being read. A `length` of 0 means that the
    result could not be stored (a full disk).
    """

    command: str
    digest: bytes
    offset: int
    length: int
    duration_seconds: float


class Spool:
    """A private temporary file without a name: nobody else can open it, and it is gone when we close it or die.

    Results are masked by `redact` before they are written, so no known secret reaches the disk through here.
    `append` is called by one thread at a time; `read` by any.
    """

    def __init__(self, *, redact: Redact = unchanged, directory: str | None = None) -> None:
        self._redact = redact
        self._directory = directory
        self._file: IO[bytes] | None = None
        self._end = 0
        self._commands: dict[str, str] = {}
        self.trouble = ""

    def append(self, results: Sequence[CommandResult]) -> tuple[Stored, ...]:
        """Store the results. A disk that is full or refuses costs the outputs, not the run: `trouble` then says why."""
        return tuple(self._append(result) for result in results)

    def read(self, stored: Stored) -> dict[str, Any]:
        """The result as the JSON document shows it: command, output, parsed, duration_seconds, and item and truncated when set.

        Bytes that were not UTF-8 are still surrogate escapes in `output`. Raises RuntimeError when the spool is closed.
        """
        if not stored.length:
            return {"command": stored.command, "output": "", "parsed": None, "duration_seconds": stored.duration_seconds, "truncated": True}
        if self._file is None:
            raise RuntimeError("the spool is closed: its outputs are gone")
        value: dict[str, Any] = json.loads(os.pread(self._file.fileno(), stored.length, stored.offset))
        return value

    def close(self) -> None:
        """Give the disk space back. May be called twice."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _append(self, result: CommandResult) -> Stored:
        shape = self._shape(result)
        data = json.dumps(shape).encode("ascii")
        offset, length = self._end, len(data)
        try:
            self._write(data)
        except OSError as error:
            self.trouble = f"outputs are not kept: {error.strerror or error}"
            length = 0
        command = self._commands.setdefault(shape["command"], shape["command"])
        digest = blake2b(shape["output"].encode("utf-8", "surrogatepass"), digest_size=16).digest()
        return Stored(command=command, digest=digest, offset=offset, length=length, duration_seconds=shape["duration_seconds"])

    def _shape(self, result: CommandResult) -> dict[str, Any]:
        shape = {
            "command": self._redact(result.command),
            "output": self._redact(result.output),
            "parsed": jsonable(result.parsed, self._redact),
            "duration_seconds": round(result.duration_seconds, 3),
        }
        if result.item is not None:
            shape["item"] = jsonable(result.item, self._redact)
        if result.truncated:
            shape["truncated"] = True
        return shape

    def _write(self, data: bytes) -> None:
        """Write at our own end, which moves only when all of `data` is there: a failed write leaves nothing half."""
        if self._file is None:
            self._file = tempfile.TemporaryFile(buffering=0, dir=self._directory)  # noqa: SIM115 - lives until close()
        view, offset = memoryview(data), self._end
        while view:
            written = os.pwrite(self._file.fileno(), view, offset)
            view, offset = view[written:], offset + written
        self._end = offset
