"""Reading an answer to its end: a prompt that is followed by silence, or what else a silent device may be waiting for."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

from runner.transport.answer import Answer
from runner.transport.channel import WatchingChannel
from runner.transport.classify import shown
from runner.transport.lines import before_noise, is_pager, is_question, last_line
from runner.transport.modes import Ends
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


@dataclass
class Question:
    """The question that a line is known to ask, and what is sent to it, once."""

    pattern: str | None = None
    answer: str = ""
    answered: bool = False

    def may_be(self, line: str) -> bool:
        """Whether a line may be this question, or any other one."""
        return is_question(line) or (self.pattern is not None and not self.answered and bool(re.search(self.pattern, line)))

    def is_asked(self, received: Answer) -> bool:
        """Whether the device waits for the answer now."""
        return self.pattern is not None and not self.answered and received.echoed and bool(re.search(self.pattern, received.line))


class Reading:
    """Reads answers from a channel.

    Arguments:
        newline: what the return key sends.
        output: bytes kept of an answer.
        is_noise: tells lines that come by themselves.
    """

    def __init__(
        self, channel: WatchingChannel, watch: Watch, newline: str, output: int, is_noise: Callable[[str], bool] = lambda line: False
    ) -> None:
        self._channel, self._watch, self._return, self._output, self._is_noise = channel, watch, newline, output, is_noise

    def to_prompt(self, received: Answer, ends: Ends, question: Question, settled: float = SETTLED) -> tuple[str, float]:
        """Read until a prompt; returns it, and the monotonic time at which it was seen."""
        doubtful = ""
        while True:
            line = received.current
            known = ends.is_known(line) or line == doubtful != ""
            hidden = not known and received.echoed and self._is_hidden(received, ends)
            possible = not known and not doubtful and received.echoed and ends.is_possible(line) and not is_question(line)
            if not self._channel.wait_data(self._patience(received, known, possible or hidden, question, settled)):
                if known:
                    return line, received.latest
                if not received.echoed and question.may_be(line):
                    received.give_up_echo()
                    continue
                if question.is_asked(received):
                    question.answered = True
                    self._channel.write(question.answer + self._return)
                    received.answered()
                elif possible:  # a prompt says the same again
                    doubtful, received.pressed = line, True
                    self._channel.write(self._return)
                    received.answered()
                elif hidden:
                    received.pressed = True
                    self._channel.write(self._return)
                    received.answered()
                else:
                    self._look_at_silence(received)
                    doubtful = ""
                self._channel.wait_data()
            self.feed(received)

    def _is_hidden(self, received: Answer, ends: Ends) -> bool:
        """The device is at its prompt, but its log has written behind it, or the output before it has no end of line."""
        if received.current:
            return ends.stands_behind(received.current)
        behind = before_noise(received.recent, self._is_noise)[0]
        return ends.is_known(behind) or ends.is_possible(behind)

    def feed(self, received: Answer) -> None:
        """Take in what has arrived."""
        received.feed(self._channel.read(), self._channel.received)
        if received.size > ENDLESS * self._output:
            raise self._watch.error("output_limit", limit=ENDLESS * self._output)

    def _patience(self, received: Answer, known: bool, possible: bool, question: Question, settled: float) -> float:
        if known:
            return min(SETTLED_AT_MOST, max(settled, 2 * received.gap)) if received.echoed else ECHO_MISSING
        if not received.echoed and question.may_be(received.current):
            return ECHO_MISSING
        if question.is_asked(received):
            return ASKED
        if possible:
            return SETTLED_AT_MOST
        return PAUSE if received.line.strip() else math.inf

    def _look_at_silence(self, received: Answer) -> None:
        line = last_line(received.line)
        if is_pager(line):
            raise self._watch.error("paging", detail=f"'{shown(self._watch.veil(line))}'")
        if is_question(line) and received.echoed:
            raise self._watch.error("unexpected_question", detail=f"'{shown(self._watch.veil(line))}'")
