"""The one shell of every platform: prompt, line, command, output, and so on until the session ends."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from runner.lab.grammar import Found, NotFound, find
from runner.lab.ledger import Entry
from runner.lab.personality import Command, Node, Personality, Session
from runner.lab.terminal import INTERRUPTS, Gone, Terminal

FLOOD_LINE = b"\r\n".join(b"%04d flooded with output that nobody asked for, line after line" % number for number in range(16)) + b"\r\n"


async def silence() -> None:
    """Never return: what a hanging device does. A timer holds on to the task, which an event of nobody would let be collected."""
    await asyncio.sleep(10**9)


class Shell:
    """A session's conversation. `cut` drops the whole connection at once, as a device that dies does."""

    def __init__(self, node: Node, personality: Personality, terminal: Terminal, entry: Entry, cut: Callable[[], None]) -> None:
        self._node, self._personality, self._terminal, self._entry, self._cut = node, personality, terminal, entry, cut
        self._session = Session(node=node, mode=personality.start(node.device), length=personality.length)

    async def converse(self) -> None:
        """Talk until the client leaves or is told goodbye; returns in both cases."""
        self._session.line = self._node.occupy_line(self._node.device.username)
        try:
            with contextlib.suppress(Gone):
                await self._greet()
                while await self._turn():
                    pass
        finally:
            del self._node.lines[self._session.line]

    async def run_one(self, line: str) -> None:
        """Run a single command without a prompt (`ssh device 'show version'`)."""
        self._session.length = 0
        with contextlib.suppress(Gone):
            await self._dispatch(line)

    async def _greet(self) -> None:
        faults = self._node.faults
        await self._terminal.pause(faults.login_delay)
        if faults.close_at == "prompt":
            self._cut()
            raise Gone
        if faults.hang_at == "prompt":
            await self._swallow()
        await self._terminal.text("\n" + (faults.banner.rstrip("\n") + "\n\n" if faults.banner else ""))

    async def _turn(self) -> bool:
        """One prompt and what is typed at it; False when the session is to end."""
        await self._terminal.text(self._personality.prompt(self._session))
        line = await self._terminal.line()
        if line[-1:] and line[-1] in INTERRUPTS:
            typed = line[:-1] if line[-1] == "\x1a" else ""
            going_on = await self._dispatch(typed)
            meant = self._personality.interrupt.get(self._session.mode)
            return going_on and (meant is None or await self._dispatch(meant, typed=False))
        return await self._dispatch(line)

    async def _dispatch(self, line: str, *, typed: bool = True) -> bool:
        line = line.rstrip()
        if not line.strip():
            return True
        if typed:
            self._entry.command(line.strip())
        command, _, modifier = line.partition(" |") if self._session.mode in self._personality.filtering else (line, "", "")
        found = self._find(command)
        if (raw := self._raw(line, found)) is not None:
            await self._wait()
            await self._terminal.write(raw if raw.endswith(b"\n") else raw + b"\r\n")
            return True
        if isinstance(found, NotFound) or self._refused(line, found):
            at = found if isinstance(found, NotFound) else NotFound(trouble="invalid", column=0)
            await self._terminal.text(self._message(line, at))
            return True
        return await self._answer(line, found, modifier.strip())

    def _message(self, line: str, at: NotFound) -> str:
        caret = " " * (len(self._personality.prompt(self._session)) + at.column)
        return self._personality.messages[at.trouble].format(caret=caret, line=line.strip())

    def _find(self, line: str) -> Found[Command] | NotFound:
        mode: str | None = self._session.mode
        first = None
        while mode is not None:
            found = find(self._personality.commands[mode], line)
            if isinstance(found, Found):
                return found
            first = first if first and first.trouble != "invalid" else found
            mode = self._personality.fallback.get(mode)
        assert first is not None  # noqa: S101  # a session has a mode
        return first

    def _raw(self, line: str, found: Found[Command] | NotFound) -> bytes | None:
        raw = self._node.faults.raw_output
        written_out = found.written_out if isinstance(found, Found) else line
        return raw.get(" ".join(line.split()), raw.get(written_out))

    def _refused(self, line: str, found: Found[Command]) -> bool:
        return bool({" ".join(line.split()), found.written_out} & set(self._node.faults.error_on))

    async def _answer(self, line: str, found: Found[Command], modifier: str) -> bool:
        if not found.command.instant:
            await self._wait()
        reply = found.command.run(self._session, found.values)
        while reply.ask is not None:
            await self._terminal.text(reply.output + reply.ask.text)
            answer = await self._terminal.line(echo=reply.ask.echo)
            reply = reply.ask.then(self._session, answer)
        if reply.leave:
            if self._node.faults.hang_on_exit:
                await self._swallow()
            return False
        output = reply.output if not modifier else self._modified(line, reply.output, modifier)
        if reply.invalid:
            output = self._message(line, NotFound(trouble="invalid", column=line.rindex(found.values[-1])))
        await self._show(output, instant=found.command.instant)
        return True

    def _modified(self, line: str, output: str, modifier: str) -> str:
        word, _, argument = modifier.partition(" ")
        filters = [function for name, function in self._personality.modifiers.items() if name.startswith(word.lower())]
        if not filters:
            return self._message(line, NotFound(trouble="invalid", column=line.rindex(modifier)))
        return filters[0](output, argument.strip())

    async def _show(self, output: str, *, instant: bool) -> None:
        faults = self._node.faults
        if faults.close_at == "command" and not instant:
            await self._terminal.text(output[: len(output) // 2])
            self._cut()
            raise Gone
        await self._page(output)
        if output and not instant:
            await self._flood(faults.flood)

    async def _wait(self) -> None:
        await self._terminal.pause(self._node.device.latency + self._node.faults.slow)
        if self._node.faults.hang_at == "command":
            await self._swallow()

    async def _swallow(self) -> None:
        """Read and say nothing, until the client leaves."""
        while True:
            await self._terminal.key()

    async def _page(self, output: str) -> None:
        lines, height, pager = output.splitlines(keepends=True), self._session.length, self._personality.pager
        room = height - 1 if height else len(lines)
        while lines:
            await self._terminal.text("".join(lines[:room]))
            lines = lines[room:]
            if lines:
                await self._terminal.text(pager.text)
                key = await self._terminal.key()
                await self._terminal.text(pager.erase)
                if key in pager.quit or key in INTERRUPTS:
                    return
                room = 1 if key in pager.line else height - 1

    async def _flood(self, size: float) -> None:
        sent = 0
        while sent < size:
            data = FLOOD_LINE[: int(min(size - sent, len(FLOOD_LINE)))]
            await self._terminal.write(data)
            sent += len(data)
            await self._terminal.pause(0)
            await asyncio.sleep(0)
        if size:
            await self._terminal.write(b"\r\n")
