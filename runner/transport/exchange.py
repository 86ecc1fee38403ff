"""One command and its answer: from the prompt, over the echo, to the same prompt again."""

from __future__ import annotations

import math
import re
import time

from runner.contracts import Reply
from runner.errors import SessionError
from runner.platforms import Platform
from runner.transport import prompt as prompts
from runner.transport.answer import Answer
from runner.transport.classify import shown
from runner.transport.driver import Guarded
from runner.transport.lines import beyond_prompts, is_pager, is_question, last_line, normal
from runner.transport.watch import Watch

SETTLED = 0.002
"""Seconds for which nothing may come behind a prompt; longer where the answer came in packets that were further apart."""
SETTLED_AT_MOST = 0.3
ECHO_MISSING = 2.0
"""Seconds of silence at a prompt after which a device is taken not to echo."""
PAUSE = 1.0
"""Seconds of silence after which a line without an end is looked at: it may be a question or a pager."""
ENDLESS = 10
"""An answer this many times longer than what is kept of it is given up."""
ERROR_LINES = 3
"""Non-empty lines at the beginning of an answer in which the device's own error message is looked for."""
ERROR_REACH = 4096


class Exchange:
    """Sends commands over an open session. Belongs to one thread.

    Arguments:
        output: bytes kept of an answer.

    Attributes:
        prompt: the pinned prompt.
        lost: why the session can no longer be used for commands; None while it can.
        lent: something other than this has used the session, and may have left it in any mode.
    """

    def __init__(self, driver: Guarded, watch: Watch, platform: Platform, output: int) -> None:
        self._driver, self._channel, self._watch, self._platform = driver, driver.watching, watch, platform
        self._output = output
        self.prompt = prompts.learn(driver)
        self._channel.foreign = False
        self._was_lent = False
        self.lost: SessionError | None = None

    @property
    def lent(self) -> bool:
        """See above."""
        return self._was_lent or self._channel.foreign

    def send(self, command: str, seconds: float, question: str | None = None, answer: str | None = None) -> Reply:
        """See `runner.contracts.Session.send`."""
        if "\n" in command or "\r" in command:
            raise ValueError("a command is one line")
        self._watch.doing = f"'{shown(command, 60)}'"
        if self.lost is not None:
            raise self._watch.error("broken", detail=self.lost.message, hint=self.lost.hint)
        try:
            with self._watch.within(seconds, lambda: self._timeout(seconds)):
                self.check()
                return self._send(command, question, answer)
        except SessionError as error:
            self.lost = error
            raise
        finally:
            self._watch.doing = ""

    def check(self) -> None:
        """Raise SessionError (`out_of_step`) when the device went on after the prompt that seemed to end the last command."""
        if self._channel.foreign:  # a netmiko task was here: the prompt may be another one, and what is left unread is its
            self.prompt = prompts.learn(self._driver)
            self._was_lent, self._channel.foreign = True, False
            return
        arrived = self._driver.take_buffer()
        while self._channel.wait_data(0.0):
            arrived += self._channel.read()
        if rest := beyond_prompts(arrived, self.prompt):
            raise self._watch.error("out_of_step", detail=f"'{shown(rest)}'")

    def become(self, command: str, question: str, secret: str) -> None:
        """Enter privileged mode and pin the prompt it has. Raises SessionError (`enable_rejected`)."""
        privileged = f"{self.prompt[:-1]}#"
        received = Answer(command, self._output, self._channel.received)
        self._channel.write(command + self._driver.RETURN)
        asked = False
        while True:
            if received.ends_at(privileged):
                self.prompt = self._driver.first_prompt = privileged
                return
            refused = received.ends_at(self.prompt) or (asked and re.search(question, received.line, re.IGNORECASE))
            if refused:
                raise self._watch.error("enable_rejected")
            if not asked and re.search(question, received.line, re.IGNORECASE):
                asked = True
                self._channel.write(secret + self._driver.RETURN)
                received.answered()
            self._channel.wait_data()
            received.feed(self._channel.read(), self._channel.received)

    def _send(self, command: str, question: str | None, answer: str | None) -> Reply:
        begun = time.monotonic()
        received = Answer(command, self._output, self._channel.received)
        self._channel.write(command + self._driver.RETURN)
        ended = self._read_to_prompt(received, question, answer)
        output = self._without_prompt(received)
        head = [line for line in output[:ERROR_REACH].splitlines() if line.strip()][:ERROR_LINES]
        return Reply(
            command=command,
            output=output,
            duration_seconds=ended - begun,
            truncated=received.truncated,
            error=self._platform.error_in("\n".join(head)),
        )

    def _read_to_prompt(self, received: Answer, question: str | None, answer: str | None) -> float:
        """Read until the prompt; returns the monotonic time at which it was seen."""
        while True:
            at_prompt = received.ends_at(self.prompt)
            if not self._channel.wait_data(self._patience(received, at_prompt)):
                if at_prompt:
                    return received.latest
                self._look_at_silence(received)
                self._channel.wait_data()
            received.feed(self._channel.read(), self._channel.received)
            if received.size > ENDLESS * self._output:
                raise self._watch.error("output_limit", limit=ENDLESS * self._output)
            if question is not None and received.echoed and re.search(question, received.line):
                self._channel.write((answer or "") + self._driver.RETURN)
                received.answered()
                question = None

    def _patience(self, received: Answer, at_prompt: bool) -> float:
        if not at_prompt:
            return PAUSE if received.line.strip() else math.inf
        if not received.echoed:
            return ECHO_MISSING
        return min(SETTLED_AT_MOST, max(SETTLED, 2 * received.gap))

    def _look_at_silence(self, received: Answer) -> None:
        line = last_line(received.line)
        if is_pager(line):
            raise self._watch.error("paging", detail=f"'{shown(line)}'")
        if is_question(line) and received.echoed:
            raise self._watch.error("unexpected_question", detail=f"'{shown(line)}'")

    def _without_prompt(self, received: Answer) -> str:
        if received.truncated:
            return normal(received.text)
        text = self._driver.strip_prompt(normal(received.text))
        return self._driver.strip_ansi_escape_codes(text) if self._driver.ansi_escape_codes else text

    def _timeout(self, seconds: float) -> SessionError:
        return self._watch.error("command_timeout", seconds=f"{seconds:g}", output=self._channel.last_seen)
