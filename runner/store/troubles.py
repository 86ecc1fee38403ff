"""What a database refuses, said in a sentence: with what is lost (nothing), and what to do."""

from __future__ import annotations

import sqlite3
from typing import Any

from runner.errors import RunnerError

CHECK = "nornir-playbook db check"


class StoreError(RunnerError):
    """The store cannot take or give what was asked for.

    `kind` says whom it concerns: `full` (no room), `gone` (the connection was lost), `busy` (others hold it), `damaged`, `refused`
    are the whole store's; empty means this piece of work alone.
    """

    def __init__(self, message: str, *, hint: str = "", kind: str = "") -> None:
        super().__init__(message, hint=hint)
        self.kind = kind


class NoStore(StoreError):
    """There is none yet: nothing has been recorded there."""


def told(error: BaseException, where: str, *, disconnected: bool = False) -> StoreError:
    """The error of a database driver as one of ours; `where` names the store."""
    code = str(getattr(error, "sqlite_errorname", "") or getattr(error, "sqlstate", "") or "")
    kind, sentence, hint = _found(code, error, where)
    if disconnected and not isinstance(error, sqlite3.Error):
        kind = "gone"
    return StoreError(sentence, hint=hint, kind=kind)


def _found(code: str, error: BaseException, where: str) -> tuple[str, str, str]:
    words = _words(error)
    if (found := _found_by(code, words, where)) is not None:
        return found
    if not code and words.startswith("connection "):  # libpq gives no SQLSTATE for what keeps it from connecting
        for state, part in _CONNECTING:
            if part in words and (found := _found_by(state, words, where)) is not None:
                return found
        return "gone", f"the database {where} cannot be reached: {words}", "is the server running, and does it let this machine in?"
    kind = "refused" if isinstance(error, sqlite3.OperationalError) or (not code and type(error).__name__ == "OperationalError") else ""
    return kind, f"the store of jobs {where} does not answer as it should: {words}", f"{CHECK} looks at it"


def _found_by(code: str, words: str, where: str) -> tuple[str, str, str] | None:
    for beginnings, kind, sentence, hint in _TABLE:
        if code.startswith(beginnings):
            return kind, sentence.format(where=where, words=words), hint
    return None


_CONNECTING = (("3D000", '" does not exist'), ("28P01", "password"), ("28000", "pg_hba.conf"))
"""SQLSTATEs of what a server says to whoever connects, and words of it."""

_TABLE: tuple[tuple[tuple[str, ...], str, str, str], ...] = (
    (("SQLITE_FULL",), "full", "the disk of the store of jobs {where} is full", "make room; what was recorded before is intact"),
    (("53100",), "full", "the disk of the database {where} is full", "make room there; what was recorded before is intact"),
    (
        ("SQLITE_BUSY", "SQLITE_LOCKED"),
        "busy",
        "another process holds the store of jobs {where} for too long",
        "see which: lsof on the file",
    ),
    (("55P03", "40001", "40P01"), "busy", "another process holds the store of jobs {where} for too long", "see pg_stat_activity there"),
    (("SQLITE_CORRUPT",), "damaged", "the store of jobs {where} is damaged: {words}", f"{CHECK} shows what; put back a backup of it"),
    (
        ("SQLITE_NOTADB",),
        "damaged",
        "{where} is not a store of jobs, and was left as it is",
        "put back a backup, or name another file: --store FILE",
    ),
    (("SQLITE_READONLY", "25006"), "refused", "the store of jobs {where} can only be read", "look at its permissions and its disk"),
    (("SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH"), "refused", "the store of jobs {where} cannot be opened", "look at its permissions"),
    (
        ("SQLITE_IOERR",),
        "refused",
        "the disk refuses to read or write the store of jobs {where}: {words}",
        "look at the disk and its limits",
    ),
    (("28",), "refused", "the database {where} refused the login: {words}", "give the password in PGPASSWORD or ~/.pgpass"),
    (("3D000",), "refused", "there is no such database: {where}", "createdb makes one"),
    (("42501",), "refused", "the user of {where} may not do that: {words}", "let the user own the database, or its schema"),
)
"""Beginnings of SQLite's names of errors and of PostgreSQL's SQLSTATEs; whom it concerns; the sentence; what to do."""


def _words(error: BaseException) -> str:
    """The driver's own words, on one line."""
    return " ".join(str(error).split()) or type(error).__name__


def listener(where: str) -> Any:
    """For an engine's `handle_error`: a driver's error becomes ours, but for a row that is there already, which callers expect."""

    def replaced(context: Any) -> BaseException | None:
        from sqlalchemy.exc import IntegrityError

        if isinstance(context.sqlalchemy_exception, IntegrityError) or isinstance(context.original_exception, RunnerError):
            return None
        return told(context.original_exception, where, disconnected=context.is_disconnect)

    return replaced
