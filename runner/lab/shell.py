"""The one shell of every platform: prompt, line, command, output, and so on until the session ends."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from runner.lab import paging
from runner.lab.grammar import Found, NotFound, Trouble, find, piped
from runner.lab.ledger import HIDDEN, Entry
from runner.lab.personality import Command, Node, Personality, Question, Reply, Session
from runner.lab.terminal import INTERRUPTS, Gone, Terminal

MOMENT = 0.05
"""Seconds between a prompt and a line of the log behind it, or before a packet of its own."""
BREATH = 0.3
"""Seconds of silence behind a prompt that is none."""


async def silence() -> None:
    """Never return: what a hanging device does. A timer holds on to the task, which an event of nobody would let be collected."""
    await asyncio.sleep(10**9)


class Shell:
    """A session's conversation. `cut` drops the whole connection at once, as a device that dies does."""

    def __init__(self, node: Node, personality: Personality, terminal: Terminal, entry: Entry, cut: Callable[[], None]) -> None:
        self._node, self._personality, self._terminal, self._entry, self._cut = node, personality, terminal, entry, cut
        self._session = Session(node=node, mode=personality.start(node.device), length=personality.length)
        personality.begin(self._session)
        self._config_lines = 0
        self._noise: asyncio.Task[None] | None = None

    async def converse(self) -> None:
        """Talk until the client leaves or is told goodbye; returns in both cases."""
        self._session.line = self._node.occupy_line(self._node.device.username)
        try:
            with contextlib.suppress(Gone):
                await self._greet()
                while await self._turn():
                    pass
        finally:
            self._personality.end(self._session)
            del self._node.lines[self._session.line]
            if self._noise is not None:
                self._noise.cancel()

    async def run_one(self, line: str) -> int:
        """Run a single command without a prompt (`ssh device 'show version'`); its exit status."""
        self._session.length = 0
        with contextlib.suppress(Gone):
            await self._dispatch(line)
        return self._session.status

    @property
    def _configuring(self) -> bool:
        return self._session.mode in self._personality.configuring

    async def _greet(self) -> None:
        faults = self._node.faults
        await self._terminal.pause(faults.login_delay)
        if faults.close_at == "prompt":
            self._cut()
            raise Gone
        if faults.hang_at == "prompt":
            await self._swallow()
        banner = faults.banner.rstrip("\n") + "\n\n" if faults.banner else ""
        await self._terminal.text("\n" + banner + self._personality.welcome)

    async def _turn(self) -> bool:
        """One prompt and what is typed at it; False when the session is to end."""
        await self._terminal.text(self._personality.prompt(self._session))
        line = await self._terminal.line()
        configuring = self._configuring
        going_on = await self._run(line)
        if configuring and not self._configuring and self._node.faults.noisy:
            self._noise = asyncio.get_running_loop().create_task(self._report(self._node.faults.noisy))
        return going_on

    async def _run(self, line: str) -> bool:
        if line[-1:] and line[-1] in INTERRUPTS:
            typed = line[:-1] if line[-1] == "\x1a" else ""
            going_on = await self._dispatch(typed)
            meant = self._personality.interrupt.get(self._session.mode)
            return going_on and (meant is None or await self._dispatch(meant, typed=False))
        return await self._dispatch(line)

    async def _report(self, text: str) -> None:
        """A line of the log, in a moment."""
        with contextlib.suppress(Gone):
            await self._terminal.pause(MOMENT)
            await self._terminal.text(f"\n{text}\n")

    async def _dispatch(self, line: str, *, typed: bool = True) -> bool:
        line = line.rstrip()
        if not line.strip():
            return True
        if typed:
            self._entry.line(line.strip(), "config" if self._configuring else "exec")
        command, modifier = self._split(line)
        found = self._find(command)
        last = await self._received() if self._configures(found) else False
        if (raw := self._raw(line, found)) is not None:
            await self._wait()
            await self._terminal.write(raw if raw.endswith(b"\n") else raw + b"\r\n")
            return True
        if isinstance(found, NotFound) or self._refused(line, found):
            if last:
                self._end()
            self._session.status = self._personality.refusal
            at = found if isinstance(found, NotFound) else NotFound(trouble="invalid", column=0)
            await self._terminal.text(self._message(line, at))
            return True
        return await self._answer(line, found, modifier, last=last)

    def _split(self, line: str) -> tuple[str, str]:
        """A line as command and filter. A line of configuration may hold a `|`."""
        if self._session.mode not in self._personality.filtering:
            return line, ""
        command, *modifiers = piped(line)
        return (line, "") if self._configures(self._find(command)) else (command, "|".join(modifiers).strip())

    def _configures(self, found: Found[Command] | NotFound) -> bool:
        return self._configuring and (isinstance(found, NotFound) or found.command.configures)

    async def _received(self) -> bool:
        """Count a line of configuration; True for the one after which the connection is cut."""
        self._config_lines += 1
        if self._config_lines == self._node.faults.hang_at_line:
            await self._swallow()
        return self._config_lines == self._node.faults.close_at_line

    def _end(self) -> None:
        self._cut()
        raise Gone

    def _message(self, line: str, at: NotFound) -> str:
        caret = " " * (len(self._personality.prompt(self._session).rpartition("\n")[2]) + at.column)
        messages, first = self._personality.messages, len(line) - len(line.lstrip())
        trouble: Trouble = "unknown" if at.trouble == "invalid" and at.column == first and "unknown" in messages else at.trouble
        return messages.get(trouble, messages["invalid"]).format(caret=caret, line=line.strip(), word=line.split()[0])

    def _find(self, line: str) -> Found[Command] | NotFound:
        """What a line means in the mode, or in one behind it; words written out there beat an abbreviation here."""
        mode: str | None = self._session.mode
        tried: list[Found[Command] | NotFound] = []
        while mode is not None:
            tried.append(find(self._personality.commands[mode], line, exact=self._personality.exact))
            mode = self._personality.fallback.get(mode)
        found = [each for each in tried if isinstance(each, Found)]
        if found:
            return max(found, key=lambda each: sum(map(str.__eq__, each.written_out.lower().split(), line.lower().split())))
        troubles = [each for each in tried if isinstance(each, NotFound) and each.trouble != "invalid"]
        return next(iter([*troubles, *tried]))

    def _raw(self, line: str, found: Found[Command] | NotFound) -> bytes | None:
        raw = self._node.faults.raw_output
        written_out = found.written_out if isinstance(found, Found) else line
        return raw.get(" ".join(line.split()), raw.get(written_out))

    def _refused(self, line: str, found: Found[Command]) -> bool:
        return bool({" ".join(line.split()), found.written_out} & set(self._node.faults.error_on))

    async def _answer(self, line: str, found: Found[Command], modifier: str, *, last: bool) -> bool:
        if not found.command.instant:
            await self._wait()
        if not await self._confirmed(line, found):
            return True
        at_prompt = self._personality.prompt(self._session)
        reply = found.command.run(self._session, found.values)
        is_text = reply.ask is not None and reply.ask.takes == "text"
        if is_text and found.command.configures:
            self._entry.accepted(line.strip())
        while reply.ask is not None:
            reply = await self._ask(reply, reply.ask, last=last)
        if found.command.configures and not (is_text or reply.invalid or reply.refused):
            self._entry.accepted(line.strip())
        if reply.commit is not None:
            self._entry.committed(reply.commit)
        if last:
            self._end()
        output = reply.output if not modifier else self._filtered(line, reply, modifier)
        if reply.invalid:
            output = self._message(line, NotFound(trouble="invalid", column=line.rindex(reply.wrong or found.values[-1])))
        if reply.leave:
            await self._terminal.text(reply.output)
            if self._node.faults.hang_on_exit:
                await self._swallow()
            return False
        await self._show(reply.head + output, found, at_prompt, paged=not self._is_unpaged(modifier))
        return True

    async def _confirmed(self, line: str, found: Found[Command]) -> bool:
        """Whether the work may be done: True unless a fault makes the command ask, and the answer was no."""
        questions = self._node.faults.confirm_on
        text = questions.get(" ".join(line.split()), questions.get(found.written_out))
        if text is None:
            return True
        answers: list[str] = []

        def then(session: Session, answer: str) -> Reply:
            answers.append(answer.strip().lower())
            return Reply()

        question = Question(text=text, then=then, takes="key" if text.rstrip().endswith("[confirm]") else "line")
        await self._ask(Reply(), question, last=False)
        return answers[0] in ("", "y", "yes")

    async def _ask(self, reply: Reply, question: Question, *, last: bool) -> Reply:
        if last and question.takes == "text":
            self._end()
        if question.takes != "text":
            self._entry.asked(question.text.strip())  # before it is sent, so that whoever saw it finds it noted
        await self._terminal.text(reply.output + question.text)
        if question.takes == "text":
            return await self._take_text(question)
        if question.takes == "key":
            key = await self._terminal.key()
            answer = "" if key in "\r\n" else key
            await self._terminal.text((answer if answer.isprintable() else "") + "\n")
        else:
            answer = await self._terminal.line(echo=question.echo)
        self._entry.answered(answer if question.echo else HIDDEN)
        return question.then(self._session, answer)

    async def _take_text(self, question: Question) -> Reply:
        """A line of text that is part of the configuration, read without a prompt."""
        line = (await self._terminal.line()).rstrip(INTERRUPTS)
        self._entry.line(line, "config")
        last = await self._received()
        reply = question.then(self._session, line)
        self._entry.accepted(line)
        if last:
            self._end()
        return reply

    def _is_unpaged(self, modifier: str) -> bool:
        return bool({part.strip() for part in piped(modifier)} & self._personality.unpaged)

    def _filtered(self, line: str, reply: Reply, modifier: str) -> str:
        """The output after one filter, or after several where they can be chained."""
        output = reply.output
        for index, part in enumerate(piped(modifier) if self._personality.chained else [modifier]):
            view = reply.views.get(" ".join(part.split())) if index == 0 else None
            output = view() if view is not None else self._modified(line, output, part.strip())
        return output

    def _modified(self, line: str, output: str, modifier: str) -> str:
        word, _, argument = modifier.partition(" ")
        filters = [function for name, function in self._personality.modifiers.items() if name.startswith(word.lower())]
        if not filters:
            return self._message(line, NotFound(trouble="invalid", column=line.rindex(modifier)))
        return filters[0](output, argument.strip())

    async def _show(self, output: str, found: Found[Command], prompt: str, *, paged: bool) -> None:
        faults, instant = self._node.faults, found.command.instant
        if faults.close_at == "command" and not instant:
            await self._terminal.text(output[: len(output) // 2])
            self._end()
        if faults.prompt_in_output and output and found.command.words[0] == "show":
            lines = output.splitlines(keepends=True)
            half = len(lines) // 2
            await self._terminal.text("".join(lines[:half]))
            await self._terminal.pause(MOMENT)
            await self._terminal.text(prompt)
            await self._terminal.pause(BREATH)
            output = "\n" + "".join(lines[half:])
        await paging.page(self._terminal, self._personality.pager, output, self._session.length if paged else 0)
        if output and not instant:
            await paging.flood(self._terminal, faults.flood)

    async def _wait(self) -> None:
        await self._terminal.pause(self._node.device.latency + self._node.faults.slow)
        if self._node.faults.hang_at == "command":
            await self._swallow()

    async def _swallow(self) -> None:
        """Read and say nothing, until the client leaves."""
        while True:
            await self._terminal.key()
