"""One terminal line of a device: bytes in, echoed by hand; bytes out, in packets as the faults say."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Protocol

from runner.lab.faults import Faults

INTERRUPTS = "\x03\x1a"
"""Ctrl-C and Ctrl-Z: a line ends with the one that ended it."""


class Gone(Exception):
    """The client has left, or the line was cut."""


class Reader(Protocol):
    """Where input comes from."""

    async def read(self, n: int) -> bytes: ...


class Writer(Protocol):
    """Where output goes; `drain` waits while the client does not read."""

    def write(self, data: bytes) -> None: ...

    async def drain(self) -> None: ...


class Terminal:
    """Reads lines and keys, writes text. Raises `Gone` when there is nobody at the other end.

    `lost` is set when the connection is; `ignored` are what the reader raises for signals that are not input.
    """

    def __init__(
        self, reader: Reader, writer: Writer, faults: Callable[[], Faults], lost: asyncio.Event, ignored: tuple[type[Exception], ...] = ()
    ) -> None:
        self._reader, self._writer, self._faults, self._lost, self._ignored = reader, writer, faults, lost, ignored
        self._input = bytearray()
        self._after_return = False

    async def line(self, *, echo: bool = True) -> str:
        """The next line without its end; an interrupt key ends it too and is kept as its last character."""
        typed = bytearray()
        shown = bytearray()
        while True:
            if not self._input:
                await self._echo(shown)
            key = await self._key()
            if key in b"\r\n\x03\x1a":
                await self._echo(shown + (b"^C" if key == b"\x03" else b"") + b"\r\n")
                return typed.decode("utf-8", "replace") + (key.decode() if key in b"\x03\x1a" else "")
            if key in b"\x08\x7f":
                shown += b"\b \b" if echo and typed else b""
                del typed[-1:]
            elif key == b"\x15":
                shown += b"\b \b" * (len(typed) if echo else 0)
                typed.clear()
            elif key >= b" " or key == b"\t":
                typed += key
                shown += key if echo else b""

    async def _echo(self, shown: bytearray) -> None:
        with contextlib.suppress(Gone):  # a line that arrived has arrived, though its sender has left
            await self.write(bytes(shown))
        shown.clear()

    async def key(self) -> str:
        """The next key alone, not echoed."""
        return (await self._key()).decode("latin-1")

    async def _key(self) -> bytes:
        while True:
            while not self._input:
                self._input += await self._receive()
            key = bytes(self._input[:1])
            del self._input[:1]
            doubled, self._after_return = key == b"\n" and self._after_return, key == b"\r"
            if not doubled and key != b"\0":
                return key

    async def _receive(self) -> bytes:
        while True:
            try:
                data = await self._reader.read(4096)
            except self._ignored:
                continue
            except (OSError, asyncio.IncompleteReadError) as error:
                raise Gone from error
            if not data:
                raise Gone
            return data

    async def text(self, text: str) -> None:
        """Write text; its newlines become the terminal's."""
        await self.write(text.replace("\n", "\r\n").encode("utf-8", "surrogateescape"))

    async def write(self, data: bytes) -> None:
        """Write bytes as they are."""
        if not data:
            return
        faults = self._faults()
        size = faults.chunk or len(data)
        for start in range(0, len(data), size):
            await self._send(data[start : start + size])
            if faults.chunk:
                await self.pause(faults.delay_chunks)

    async def pause(self, seconds: float) -> None:
        """Let time pass, but not on a line that is lost."""
        if seconds > 0:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._lost.wait(), seconds)
        if self._lost.is_set():
            raise Gone

    async def _send(self, data: bytes) -> None:
        try:
            self._writer.write(data)
            await self._writer.drain()
        except OSError as error:
            raise Gone from error
