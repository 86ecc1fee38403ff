"""One line and its answer: from the prompt, over the echo, to a prompt again."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from runner.contracts import Reply
from runner.errors import SessionError
from runner.platforms import Platform
from runner.secret import Secret, without_markers
from runner.transport import prompt as prompts
from runner.transport.answer import Answer
from runner.transport.classify import shown
from runner.transport.driver import Guarded
from runner.transport.lines import beyond_prompts, is_pager, is_question, last_line, normal
from runner.transport.modes import Ends, Pinned
from runner.transport.veil import Veil
from runner.transport.watch import Watch

SETTLED = 0.002
"""Seconds for which nothing may come behind a prompt; longer where the answer came in packets that were further apart."""
SETTLED_AT_MOST = 0.3
"""As long is waited where no pause tells the device's pace, and before a line is asked whether it is a prompt."""
ECHO_MISSING = 2.0
"""Seconds of silence at a prompt after which a device is taken not to echo."""
PAUSE = 1.0
"""Seconds of silence after which a line without an end is looked at: it may be a question or a pager."""
ASKED = 0.1
"""Seconds of silence after which a question that was declared is answered."""
ENDLESS = 10
"""An answer this many times longer than what is kept of it is given up."""
ERROR_LINES = 3
"""Non-empty lines at the beginning of an answer in which the device's own error message is looked for."""
ERROR_REACH = 4096
INTERRUPT = "\x03"
"""Ctrl-C: breaks off what is going on, and says yes to no question."""


@dataclass(frozen=True, kw_only=True)
class Turn:
    """What a line came to.

    `prompt` ended it. `echoed`: its echo was seen. `answered`: its question was. `output` is without echo and prompt, and without
    any secret if the line had some.
    """

    output: str
    prompt: str
    seconds: float
    truncated: bool
    echoed: bool
    answered: bool


@dataclass
class _Question:
    """The question that a line is known to ask, and what is sent to it, once."""

    pattern: str | None
    answer: str
    answered: bool = False

    def is_asked(self, received: Answer) -> bool:
        return self.pattern is not None and not self.answered and received.echoed and bool(re.search(self.pattern, received.line))


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
        if "\n" in line or "\r" in line:
            raise ValueError("a command is one line")
        self._watch.doing = f"'{shown(without_markers(line), 60)}'"
        try:
            if self.lost is not None:
                raise self._watch.error("broken", detail=self.lost.message, hint=self.lost.hint)
            sent, asked = self._lift(line), _Question(question, self._lift(answer or ""))
            turn = self._kept(lambda: self._turn(sent, ends or Pinned(self.prompt), asked, echo), seconds)
        finally:
            self._watch.doing = ""
        return turn if sent == line and asked.answer == (answer or "") else replace(turn, output=self.veil.whole(turn.output))

    def _kept(self, work: Callable[[], Turn], seconds: float) -> Turn:
        """Do it in time and in step; when it fails the session is lost."""
        try:
            with self._watch.within(seconds, lambda: self._timeout(seconds)):
                self.check()
                return work()
        except SessionError as error:
            self.lost = error
            self._watch.check_stop(at_once=error.cause == "closed")  # a second Ctrl-C closes sessions from outside
            raise

    def check(self) -> None:
        """Raise SessionError (`out_of_step`) when the device went on after the prompt that seemed to end the last command."""
        if self._channel.foreign:  # a netmiko task was here: the prompt may be another one, and what is left unread is its
            self.prompt = self.here = prompts.learn(self._driver)
            self._was_lent, self._channel.foreign = True, False
            return
        arrived = self._driver.take_buffer()
        while self._channel.wait_data(0.0):
            arrived += self._channel.read()
        if rest := beyond_prompts(arrived, self.here):
            raise self._watch.error("out_of_step", detail=f"'{self._shown(rest)}'")

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
        self.here, _ = self._read_to_prompt(received, ends, _Question(None, ""), SETTLED_AT_MOST)
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
                raise self._watch.error("enable_rejected")
            if not asked and re.search(question, received.line, re.IGNORECASE):
                asked = True
                self._channel.write(secret + self._driver.RETURN)
                received.answered()
            self._channel.wait_data()
            received.feed(self._channel.read(), self._channel.received)

    def _turn(self, line: str, ends: Ends, question: _Question, echo: bool | None) -> Turn:
        begun = time.monotonic()
        received = Answer(line, self._output, self._channel.received, echo=echo is not False)
        self.here = ""
        self._channel.write(line + self._driver.RETURN)
        prompt, ended = self._read_to_prompt(received, ends, question, SETTLED if echo is not False else SETTLED_AT_MOST)
        if echo and not received.matched:
            raise self._watch.error("no_echo", output=self._channel.last_seen)
        self.here = prompt
        return Turn(
            output=self._without_prompt(received, prompt),
            prompt=prompt,
            seconds=ended - begun,
            truncated=received.truncated,
            echoed=received.matched,
            answered=question.answered,
        )

    def _read_to_prompt(self, received: Answer, ends: Ends, question: _Question, settled: float) -> tuple[str, float]:
        """Read until a prompt; returns it, and the monotonic time at which it was seen."""
        doubtful = ""
        while True:
            line = received.current
            known = ends.is_known(line) or line == doubtful != ""
            possible = not known and not doubtful and received.echoed and ends.is_possible(line) and not is_question(line)
            if not self._channel.wait_data(self._patience(received, known, possible, question, settled)):
                if known:
                    return line, received.latest
                if question.is_asked(received):
                    question.answered = True
                    self._channel.write(question.answer + self._driver.RETURN)
                    received.answered()
                elif possible:  # a prompt says the same again
                    doubtful = line
                    self._channel.write(self._driver.RETURN)
                    received.answered()
                else:
                    self._look_at_silence(received)
                    doubtful = ""
                self._channel.wait_data()
            received.feed(self._channel.read(), self._channel.received)
            if received.size > ENDLESS * self._output:
                raise self._watch.error("output_limit", limit=ENDLESS * self._output)

    def _patience(self, received: Answer, known: bool, possible: bool, question: _Question, settled: float) -> float:
        if known:
            return min(SETTLED_AT_MOST, max(settled, 2 * received.gap)) if received.echoed else ECHO_MISSING
        if question.is_asked(received):
            return ASKED
        if possible:
            return SETTLED_AT_MOST
        return PAUSE if received.line.strip() else math.inf

    def _look_at_silence(self, received: Answer) -> None:
        line = last_line(received.line)
        if is_pager(line):
            raise self._watch.error("paging", detail=f"'{self._shown(line)}'")
        if is_question(line) and received.echoed:
            raise self._watch.error("unexpected_question", detail=f"'{self._shown(line)}'")

    def _without_prompt(self, received: Answer, prompt: str) -> str:
        text = normal(received.text)
        if received.truncated:
            return text
        while last_line(text) == prompt:  # more than once where return was pressed to make sure of it
            text = text.rpartition("\n")[0]
            text = self._driver.strip_prompt(f"{text}\n{self._driver.base_prompt}")  # takes what stands around a prompt away as well
            if last_line(text.rstrip("\n")) == prompt:
                text = text.rstrip("\n")
        return self._driver.strip_ansi_escape_codes(text) if self._driver.ansi_escape_codes else text

    def _lift(self, text: str) -> str:
        try:
            revealed = self.veil.lift(text)
        except ValueError as problem:
            raise self._watch.error("secret", detail=str(problem)) from None
        if "\n" in revealed or "\r" in revealed:
            raise self._watch.error("secret", detail="a secret in it has more than one line")
        return revealed

    def _shown(self, text: str) -> str:
        return shown(self.veil(text))

    def _timeout(self, seconds: float) -> SessionError:
        return self._watch.error("command_timeout", seconds=f"{seconds:g}", output=self._channel.last_seen)
