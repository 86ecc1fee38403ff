"""Writes a job's record as one JSON document, host by host, so that outputs never meet in memory."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Protocol

from runner.journal.counts import task_counts
from runner.journal.jsonable import jsonable
from runner.journal.parts import BatchRecord, HostRecord, TaskRecord, Turn
from runner.journal.record import JobRecord
from runner.journal.redaction import unchanged

_SURROGATE = re.compile("[\ud800-\udfff]")
_NOT_ASCII = re.compile("[^\x00-\x7f]")


class TextSink(Protocol):
    """Anything text can be written to; its `encoding`, where it has one, decides how non-ASCII characters are written."""

    def write(self, text: str, /) -> object:
        """Take the text."""


def write_json(record: JobRecord, stream: TextSink) -> None:
    """Write the document, one line for each batch and for each host, in UTF-8 or, where the stream cannot, with `\\uXXXX`.

    Bytes that were not UTF-8 (surrogates, which JSON texts must not hold) are written as U+FFFD.
    """
    ascii_only = not _takes_unicode(stream)
    for piece in _document(record):
        stream.write(_encodable(piece, ascii_only=ascii_only))


def _document(record: JobRecord) -> Iterator[str]:
    yield "{\n"
    for key, value in _head(record).items():
        yield f"{_dumps(key)}: {_dumps(value)},\n"
    yield '"batches": ['
    yield from _joined((_dumps(_batch(batch)) for _, batch in sorted(record.batches.items())), "\n")
    yield '],\n"recap": {'
    yield from _joined((f"{_dumps(host.name)}: {_dumps(task_counts(host))}" for host in record.hosts.values()), "\n")
    yield '},\n"results": {'
    separator = "\n"
    for host in record.hosts.values():
        yield f"{separator}{_dumps(host.name)}: "
        yield from _host(host, record)
        separator = ",\n"
    yield "}\n}\n"


def _head(record: JobRecord) -> dict[str, Any]:
    return {
        "id": record.id,
        "playbook": record.playbook,
        "status": record.status.value,
        "reason": record.reason,
        "exit_code": record.exit_code,
        "total_devices": record.total_devices,
        "batch_size": record.batch_size,
        "current_batch": record.current_batch,
        "total_batches": record.total_batches,
        "max_sessions": record.ceiling,
        "start_time": _time(record.start_time),
        "end_time": _time(record.end_time),
        "duration_seconds": _seconds(record.duration_seconds),
        "not_started": list(record.not_started),
        "handler_errors": [_without_empty(vars(error), "hint") for error in record.handler_errors],
        "warnings": record.warnings,
    }


def _batch(batch: BatchRecord) -> dict[str, Any]:
    return {
        "batch_number": batch.batch_number,
        "play": batch.play,
        "batch_size": batch.batch_size,
        "device_ids": batch.device_ids,
        "status": batch.status.value,
        "start_time": _time(batch.start_time),
        "end_time": _time(batch.end_time),
        "duration_seconds": _seconds(batch.duration_seconds),
        "counts": batch.counts,
    }


def _host(host: HostRecord, record: JobRecord) -> Iterator[str]:
    turn = host.deciding
    head = {"status": host.status.value, "batch_number": turn.batch_number if turn else None, **_why(turn)}
    head["duration_seconds"] = _seconds(host.duration_seconds)
    yield f'{_dumps(head)[:-1]}, "tasks": ['
    separator = ""
    for task in host.tasks:
        yield f"{separator}{_dumps(_task(task))[:-1]}, "
        yield '"results": ['
        yield from _joined(_plain(record.spool.read(stored)) for stored in task.results)
        yield "]}"
        separator = ", "
    yield "]}"


def _why(turn: Turn | None) -> dict[str, Any]:
    if turn is None:
        return {"reason": ""}
    why: dict[str, Any] = _without_empty({"reason": turn.reason, "phase": turn.phase, "hint": turn.hint}, "phase", "hint")
    if turn.attempts > 1:
        why["attempts"] = turn.attempts
    return why if turn.close_confirmed else {**why, "close_confirmed": False}


def _task(task: TaskRecord) -> dict[str, Any]:
    entry = {
        "name": task.name,
        "action": task.action,
        "status": task.status.value,
        "changed": task.changed,
        "play": task.play,
        "batch_number": task.batch_number,
        "duration_seconds": _seconds(task.duration_seconds),
        "ignored": task.ignored,
        "reason": task.reason,
        "hint": task.hint,
        "lines": {"applied": task.applied, "total": task.total} if task.total is not None else None,
        "diff": task.diff,
        "unguarded": task.unguarded,
    }
    return _without_empty(entry, "ignored", "reason", "hint", "lines", "diff", "unguarded")


def _without_empty(entry: dict[str, Any], *optional: str) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if value or key not in optional}


def _joined(parts: Iterator[str], first: str = "") -> Iterator[str]:
    """The parts with commas between them, written one at a time."""
    separator = first
    for part in parts:
        yield separator + part
        separator = f",{first}" if first else ", "


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="milliseconds") if moment else None


def _seconds(duration: float | None) -> float | None:
    return None if duration is None else round(duration, 3)


def _dumps(value: Any) -> str:
    return _plain(jsonable(value, unchanged))


def _plain(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _takes_unicode(stream: TextSink) -> bool:
    encoding = getattr(stream, "encoding", None)
    try:
        return encoding is None or codecs.lookup(encoding).name == "utf-8"
    except LookupError:
        return False


def _encodable(text: str, *, ascii_only: bool) -> str:
    text = _SURROGATE.sub("\ufffd", text)
    return _NOT_ASCII.sub(_escaped, text) if ascii_only else text


def _escaped(match: re.Match[str]) -> str:
    """A character as JSON escapes it; those beyond U+FFFF are two escapes. Only inside texts do non-ASCII characters occur."""
    units = match[0].encode("utf-16-be")
    return "".join(f"\\u{units[index : index + 2].hex()}" for index in range(0, len(units), 2))
