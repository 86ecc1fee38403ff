"""Outputs that are too long for a table: files beside the store, each complete before anything names it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from runner.results.atomic import replace_file
from runner.store.private import private_folder
from runner.store.troubles import StoreError

LONG = 64 * 1024
"""Bytes of an output from which on it is a file."""


class Outputs:
    """The files of one store, below `folder`/JOB, named by what is in them; without a folder, outputs stay in the database."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._put: set[tuple[str, str]] = set()

    def put(self, job: str, text: str) -> dict[str, Any]:
        """Keep a text; what is stored in its place. Durable when this returns. Raises RunnerError."""
        data = text.encode("utf-8", "surrogateescape")
        digest = hashlib.sha256(data).hexdigest()
        name = f"{digest[:32]}.out"
        if (job, name) not in self._put:  # a file that is there may be another process's, and not on disk yet
            folder = self._of(job)
            try:
                private_folder(folder)
            except OSError as error:
                raise StoreError(
                    f"the folder {folder} cannot be made: {error.strerror}", hint="make room, or look at its rights"
                ) from error
            replace_file(folder.parent.parent, (folder.parent.name, folder.name, name), data)
            self._put.add((job, name))
        return {"file": name, "bytes": len(data), "sha256": digest}

    def get(self, job: str, stored: Mapping[str, Any]) -> str:
        """The text again. Raises OSError, and ValueError where it is not what was stored."""
        data = (self._of(job) / Path(str(stored["file"])).name).read_bytes()
        if hashlib.sha256(data).hexdigest() != stored["sha256"]:
            raise ValueError(f"the output in {stored['file']} is not what was stored")
        return data.decode("utf-8", "surrogateescape")

    def out(self, job: str, detail: dict[str, Any]) -> dict[str, Any]:
        """An event's object with its long outputs in files."""
        results = detail.get("results")
        if self.folder is None or not isinstance(results, list) or not any(len(each.get("output", "")) > LONG // 4 for each in results):
            return detail
        return {**detail, "results": [self._out(job, each) for each in results]}

    def back(self, job: str, detail: dict[str, Any]) -> dict[str, Any]:
        """An event's object with its long outputs in place again; one that is lost says so."""
        results = detail.get("results")
        if not isinstance(results, list) or not any("stored" in each for each in results):
            return detail
        return {**detail, "results": [self._back(job, each) for each in results]}

    def _of(self, job: str) -> Path:
        """The folder of a job's outputs."""
        if self.folder is None:
            raise StoreError("this store keeps no outputs in files")
        return self.folder / job

    def _out(self, job: str, result: dict[str, Any]) -> dict[str, Any]:
        text = result.get("output", "")
        if len(text) <= LONG // 4 or len(text.encode("utf-8", "surrogateescape")) <= LONG:
            return result
        return {**result, "output": "", "stored": self.put(job, text)}

    def _back(self, job: str, result: dict[str, Any]) -> dict[str, Any]:
        if "stored" not in result:
            return result
        rest = {name: value for name, value in result.items() if name != "stored"}
        try:
            return {**rest, "output": self.get(job, result["stored"])}
        except (OSError, ValueError, StoreError) as error:
            return {**rest, "output": f"(the stored output is lost: {error})", "truncated": True}
