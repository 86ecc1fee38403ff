"""A scripted device with a configuration mode, and a session with it."""

from __future__ import annotations

import asyncio
import dataclasses
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from runner.target import Limits, Target
from runner.transport.connection import GuardedNetmiko
from runner.transport.host_keys import HostKeys
from tests.transport.scripted import Reader, Talk, Writer, server

LIMITS = Limits(connect=8.0, command=8.0, close=1.0)
IOS = {"configure terminal": "config", "end": "", "interface": "config-if"}


@contextmanager
def session(talk: Talk, **changes: object) -> Iterator[GuardedNetmiko]:
    with server(talk) as target:
        made: Target = dataclasses.replace(target, **changes)  # type: ignore[arg-type]  # names are checked at run time
        connection = GuardedNetmiko(made, LIMITS, HostKeys("ignore"), threading.Event())
        try:
            connection.connect()
            yield connection
        finally:
            connection.close()


class Scripted:
    """An IOS device that answers lines by heart.

    Arguments:
        answers: line -> what follows its echo. A text is output, the prompt comes behind it; a list is sent in packets, a number in it
            is a pause in seconds, and no prompt follows.
        moves: line (or its first word) -> the mode that it leads to.
        outside, inside: the prompts, with `{name}` and `{mode}`; outside the mode is empty.

    Attributes:
        got: every line received in configuration mode and the one that entered it; `^C` for a Ctrl-C.
        returns: how often return was pressed on an empty line.
        interrupted: what it answers to that, instead of a prompt.
        mute: the line that it does not echo.
    """

    def __init__(
        self,
        answers: Mapping[str, str | list[str | float]] | None = None,
        *,
        moves: Mapping[str, str] = IOS,
        outside: str = "{name}#",
        inside: str = "{name}({mode})#",
        echo: bool = True,
    ) -> None:
        self.answers, self._moves, self._outside, self._inside, self._echo = answers or {}, moves, outside, inside, echo
        self.name, self.mode = "r1", ""
        self.got: list[str] = []
        self.returns = 0
        self.interrupted = self.mute = ""

    @property
    def prompt(self) -> str:
        return (self._inside if self.mode else self._outside).format(name=self.name, mode=self.mode)

    async def __call__(self, reader: Reader, writer: Writer) -> None:
        writer.write(f"\r\n{self.prompt}".encode())
        while line := await self._line(reader):
            if line == "\x03":
                self.got.append("^C")
                writer.write((self.interrupted or f"^C\r\n{self.prompt}").encode())
                continue
            line = line.strip()
            self.returns += not line
            if line and (self.mode or self._moves.get(line)):
                self.got.append(line)
            if line == "" or line != self.mute:
                writer.write(f"{line if self._echo else ''}\r\n".encode())
            self._move(line)
            answer = self.answer(line)
            for part in answer if isinstance(answer, list) else [answer, self.prompt]:
                if isinstance(part, float):
                    await asyncio.sleep(part)
                else:
                    writer.write(part.encode())

    def answer(self, line: str) -> str | list[str | float]:
        """What follows the echo of a line; for devices that remember, to be overridden."""
        return self.answers.get(line, "")

    async def _line(self, reader: Reader) -> str:
        typed = b""
        while key := await reader.read(1):
            typed += key
            if key in b"\r\n\x03":
                break
        return typed.decode()[-1:] if typed.endswith(b"\x03") else typed.decode()

    def _move(self, line: str) -> None:
        words = line.split() or [""]
        self.mode = self._moves.get(line, self._moves.get(words[0], self.mode))
        if words[0] in ("hostname", "host-name"):
            self.name = words[1]
