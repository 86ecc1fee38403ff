"""stdout and stderr at their limits: closed, full, without a reader, or with an encoding that cannot say everything."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from io import TextIOWrapper
from typing import TextIO

import click


def make_tolerant() -> None:
    """What the encoding of a stream cannot say is written as an escape instead of ending the program."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def show(text: str, *, nl: bool = True) -> None:
    """Give a result to stdout. The stream is named, as click would make an ASCII stream of its own choice say UTF-8.

    Raises OSError where it cannot be written.
    """
    click.echo(text, file=sys.stdout, nl=nl)


def complain(text: str, *, nl: bool = True) -> None:
    """Say something on stderr; where nobody can read it, nothing happens."""
    with suppress(OSError, ValueError):  # ValueError: the stream was closed
        click.echo(text, file=sys.stderr, nl=nl)


@contextmanager
def results_apart() -> Iterator[TextIO | None]:
    """While the block runs, what plugins and the programs they start print goes to stderr; gives what leads to stdout, for results.

    The descriptor is led elsewhere too: a program that is started knows no other stdout.
    """
    out = sys.stdout
    with redirect_stdout(sys.stderr):
        if out is None or (descriptor := _descriptor(out)) is None:
            yield out
            return
        out.flush()
        own = os.fdopen(os.dup(descriptor), "w", encoding=out.encoding, errors=out.errors)
        try:
            _lead(descriptor, sys.stderr)
            yield own
        finally:
            with suppress(OSError, ValueError):
                out.flush()  # by those who had kept it
            os.dup2(own.fileno(), descriptor)
            with suppress(OSError):
                own.close()


def _descriptor(stream: TextIO) -> int | None:
    try:
        return stream.fileno()
    except (OSError, ValueError):  # kept in memory, or closed
        return None


def _lead(descriptor: int, stream: TextIO | None) -> None:
    """From now on the descriptor leads to where the stream does; nowhere, where it has no descriptor."""
    other = None if stream is None else _descriptor(stream)
    target = os.open(os.devnull, os.O_WRONLY) if other is None else other
    os.dup2(target, descriptor)
    if other is None:
        os.close(target)


def flush() -> str:
    """Write out what is left. Returns why stdout could not be written, empty where it was or its reader had merely gone.

    A stream that cannot be written leads nowhere from then on: Python would try again at its end, complain and leave with code
    120 (https://docs.python.org/3/library/signal.html#note-on-sigpipe).
    """
    _flushed(sys.stderr)
    return _flushed(sys.stdout)


def _flushed(stream: TextIO | None) -> str:
    if stream is None:  # the process was started without it
        return ""
    try:
        stream.flush()
    except (OSError, ValueError) as error:
        with suppress(OSError, ValueError):
            _lead(stream.fileno(), None)
        return "" if isinstance(error, BrokenPipeError) else str(getattr(error, "strerror", None) or error)
    return ""
