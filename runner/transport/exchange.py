"""One line and its answer: from the prompt, over the echo, to a prompt again."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from runner.contracts import Reply
from runner.errors import SessionError
from runner.platforms import Platform
from runner.secret import Secret, without_markers
from runner.transport import prompt as prompts
from runner.transport.answer import LINE_KEPT, Answer
from runner.transport.classify import shown
from runner.transport.driver import Guarded
from runner.transport.lines import before_noise, beyond_prompts, last_line, normal
from runner.transport.modes import Ends, Pinned
from runner.transport.reading import SETTLED, SETTLED_AT_MOST, Question, Reading
from runner.transport.veil import Veil
from runner.transport.watch import Watch

ERROR_LINES = 3
"""Non-empty lines at the beginning of an answer in which the device's own error message is looked for."""
ERROR_REACH = 4096
RETURNS = 2
"""How often return is pressed at most to see a prompt again."""
INTERRUPT = "\x03"
"""Ctrl-C: breaks off what is going on, and says yes to no question."""


Value = TypeVar("Value")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


@dataclass(frozen=True, kw_only=True)
class Turn:
    """What a line came to.

    `prompt` ended it. `echoed`: its echo was seen. `answered`: its question was. `output` is without echo and prompt, and without
    any secret if the line had some.
    """

    output: str
    prompt: str
    seconds: float
    truncated: bool = False
    echoed: bool = False
    answered: bool = False


class Exchange:
    """Sends lines over an open session. Belongs to one thread.

    Arguments:
        output: bytes kept of an answer.
        secrets: what markers in lines stand for, by marker.

    Attributes:
        prompt: the pinned prompt.
        here: the prompt the device stands at; empty while it stands at none.
        lost: why the session can no longer be used for commands; None while it can.
        lent: something other than this has used the session, and may have left it in any mode.
        veil: hides the secrets that were sent.
    """

    def __init__(self, driver: Guarded, watch: Watch, platform: Platform, output: int, secrets: Mapping[str, Secret] | None = None) -> None:
        self._driver, self._channel, self._watch, self._platform = driver, driver.watching, watch, platform
        self._output = output
        self._reading = Reading(self._channel, watch, driver.RETURN, output, platform.is_noise)
        self.veil = watch.veil = Veil(secrets or {})
        self.prompt = self.here = prompts.learn(driver)
        self._channel.foreign = False
        self._was_lent = False
        self.lost: SessionError | None = None

    @property
    def lent(self) -> bool:
        """See above."""
        return self._was_lent or self._channel.foreign

    def send(self, command: str, seconds: float, question: str | None = None, answer: str | None = None) -> Reply:
        """See `runner.contracts.Session.send`."""
        turn = self.turn(command, seconds, None, question, answer)
        head = [line for line in turn.output[:ERROR_REACH].splitlines() if line.strip()][:ERROR_LINES]
        return Reply(
            command=command,
            output=turn.output,
            duration_seconds=turn.seconds,
            truncated=turn.truncated,
            error=self._platform.error_in("\n".join(head)),
        )

    def turn(
        self,
        line: str,
        seconds: float,
        ends: Ends | None,
        question: str | None = None,
        answer: str | None = None,
        *,
        echo: bool | None = None,
    ) -> Turn:
        """Send a line and wait for its end.

        Arguments:
            ends: the prompts that end it; None = the pinned one.
            echo: whether the device echoes: then a line without an echo is a SessionError (`no_echo`); None = not known.

        Raises SessionError, after which the session is lost, and Stopped. One of cause `secret` is raised before anything is sent.
        """
        if _CONTROL.search(line):
            raise ValueError("a command is one line without control characters")
        self._watch.doing = f"'{shown(without_markers(line), 60)}'"
        try:
            if self.lost is not None:
                raise self._watch.error("broken", detail=self.lost.message, hint=self.lost.hint)
            sent, asked = self._lift(line), Question(question, self._lift(answer or ""))
            turn = self._kept(lambda: self._turn(sent, ends or Pinned(self.prompt), asked, echo), seconds)
        finally:
            self._watch.doing = ""
        return turn if sent == line and asked.answer == (answer or "") else replace(turn, output=self.veil.whole(turn.output))

    def _kept(self, work: Callable[[], Value], seconds: float) -> Value:
        """Do it in time and in step; when it fails the session is lost."""
        try:
            with self._watch.within(seconds, lambda: self._timeout(seconds)):
                self.check()
                return work()
        except SessionError as error:
            self.lost = error
            self._watch.check_stop(at_once=error.cause in ("closed", "hop_lost"))  # a second Ctrl-C closes sessions from outside
            raise

    def begin(self, line: str, seconds: float, ends: Ends, asked: str = "") -> Turn | None:
        """Send a line of a text that goes on. None = the device waits for the next one; a Turn = it came back to a prompt instead.

        Arguments:
            asked: regular expression that must be in the answer before anything else may be sent.
        """
        self._watch.doing = f"'{shown(without_markers(line), 60)}'"
        try:
            sent = self._lift(line)
            turn = self._kept(lambda: self._begin(sent, ends, asked), seconds)
        finally:
            self._watch.doing = ""
        return replace(turn, output=self.veil.whole(turn.output)) if turn else None

    def check(self) -> None:
        """Raise SessionError (`out_of_step`) when the device went on after the prompt that seemed to end the last command."""
        if self._channel.foreign:  # a netmiko task was here: the prompt may be another one, and what is left unread is its
            self.prompt = self.here = prompts.learn(self._driver)
            self._was_lent, self._channel.foreign = True, False
            return
        arrived = self._driver.take_buffer()
        while self._channel.wait_data(0.0):
            arrived += self._channel.read()
        self._expect_nothing(arrived, self.here)

    def in_step(self) -> None:
        """As `check`, after which a session that is not is lost."""
        self._kept(lambda: None, math.inf)

    @property
    def last_seen(self) -> str:
        """The end of what the device sent, for error messages."""
        return self._channel.last_seen

    def pin(self, prompt: str) -> None:
        """The device stands at its prompt outside of any mode, which is this from now on."""
        self.here = prompt
        if prompt != self.prompt:
            self.prompt = self._driver.first_prompt = prompt
            self._driver.base_prompt = prompt[:-1]

    def regain(self, ends: Ends) -> str:
        """Break off whatever is going on, and return the prompt that comes; nothing that could answer a question is sent."""
        self._driver.take_buffer()
        self._channel.read()
        self.here = ""
        received = Answer("", self._output, self._channel.received, echo=False)
        self._channel.write(INTERRUPT)
        self.here, _ = self._reading.to_prompt(received, ends, Question(), SETTLED_AT_MOST)
        return self.here

    def become(self, command: str, question: str, secret: str) -> None:
        """Enter privileged mode and pin the prompt it has. Raises SessionError (`enable_rejected`)."""
        privileged = f"{self.prompt[:-1]}#"
        received = Answer(command, self._output, self._channel.received)
        self._channel.write(command + self._driver.RETURN)
        asked = False
        while True:
            if received.ends_at(privileged):
                self.prompt = self.here = self._driver.first_prompt = privileged
                return
            refused = received.ends_at(self.prompt) or (asked and re.search(question, received.line, re.IGNORECASE))
            if refused:
                words = next((line.strip() for line in received.text.splitlines() if line.lstrip().startswith("%")), "")
                raise self._watch.error("enable_rejected", said=f": {self._shown(words)}" if words else "")
            if not asked and re.search(question, received.line, re.IGNORECASE):
                asked = True
                self._channel.write(secret + self._driver.RETURN)
                received.answered()
            self._channel.wait_data()
            received.feed(self._channel.read(), self._channel.received)

    def _turn(self, line: str, ends: Ends, question: Question, echo: bool | None) -> Turn:
        begun = time.monotonic()
        received = Answer(line, self._output, self._channel.received, echo=echo is not False)
        before, self.here = self.here, ""
        self._channel.write(line + self._driver.RETURN)
        prompt, ended = self._reading.to_prompt(received, ends, question, SETTLED if echo is not False else SETTLED_AT_MOST)
        if echo and not received.matched:
            raise self._watch.error("no_echo", output=self._channel.last_seen)
        self.here = prompt
        self._expect_nothing(received.before, before)
        return Turn(
            output=self._without_prompt(received, prompt),
            prompt=prompt,
            seconds=ended - begun,
            truncated=received.truncated,
            echoed=received.matched,
            answered=question.answered,
        )

    def _begin(self, line: str, ends: Ends, asked: str) -> Turn | None:
        begun = time.monotonic()
        received = Answer(line, self._output, self._channel.received)
        self.here = ""
        self._channel.write(line + self._driver.RETURN)
        while not received.matched or received.current or not re.search(asked, received.text):
            if received.matched and ends.is_known(received.current) and not self._channel.wait_data(SETTLED_AT_MOST):
                self.here = received.current
                output = self._without_prompt(received, self.here)
                return Turn(output=output, prompt=self.here, seconds=received.latest - begun, echoed=True)
            self._channel.wait_data()
            self._reading.feed(received)
        return None

    def _without_prompt(self, received: Answer, prompt: str) -> str:
        text = normal(received.text)
        if received.truncated:
            return text
        text = self._without_last(text, prompt)
        for _ in range(RETURNS if received.pressed else 0):
            text = self._without_another(text, prompt)
        return self._driver.strip_ansi_escape_codes(text).removeprefix("\r") if self._driver.ansi_escape_codes else text

    def _without_another(self, text: str, prompt: str) -> str:
        """The text without the prompt that was there before return was pressed, and lines of the device's log behind it."""
        behind, at = before_noise(text[-LINE_KEPT:], self._platform.is_noise)
        text = f"{text[: max(0, len(text) - LINE_KEPT) + at]}\n{prompt}" if behind == prompt else text
        end = text.rstrip("\n")
        last = end.rpartition("\n")[2]
        if last_line(last) == prompt:
            return self._without_last(end, prompt)
        if last_line(last).endswith(prompt):  # it stands behind output that has no end of line
            return end[: len(end) - len(last)] + last_line(last).removesuffix(prompt)
        return text

    def _without_last(self, text: str, prompt: str) -> str:
        """The text without the prompt that ends it, and what the driver knows to stand around one."""
        if last_line(text) == prompt:
            text = text.rpartition("\n")[0]
            return self._driver.strip_prompt(f"{text}\n{self._driver.base_prompt}")
        return text

    def _expect_nothing(self, arrived: str, prompt: str) -> None:
        """What has arrived belongs to no answer: it may be the prompt again, or noise."""
        if rest := beyond_prompts(arrived, prompt, self._platform.is_noise):
            raise self._watch.error("out_of_step", detail=f"'{self._shown(rest)}'")

    def _lift(self, text: str) -> str:
        try:
            revealed = self.veil.lift(text)
        except ValueError as problem:
            raise self._watch.error("secret", detail=str(problem)) from None
        if _CONTROL.search(revealed):
            raise self._watch.error("secret", detail="a secret in it has more than one line, or control characters")
        return revealed

    def _shown(self, text: str) -> str:
        return shown(self.veil(text))

    def _timeout(self, seconds: float) -> SessionError:
        return self._watch.error("command_timeout", seconds=f"{seconds:g}", output=self._channel.last_seen)
