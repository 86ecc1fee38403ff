"""Configuration mode: entered and proven, one line at a time, and left in every case with nothing half done behind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from runner.contracts import Reply
from runner.errors import SessionError
from runner.platforms import Configuration, Platform
from runner.secret import Secret, without_markers
from runner.transport.classify import shown
from runner.transport.exchange import Exchange, Turn
from runner.transport.modes import Modes
from runner.transport.watch import Watch

LEAVE = 5.0
"""Seconds for leaving configuration mode after an error in it."""
LEAVE_WHEN_OVER = 1.0
"""As long when the user asked to stop or the time for the host is over: both promise two seconds."""
_LOGIN_QUESTION = r"(?i)password[^:\n]*:\s*$"


@contextmanager
def configuring(
    exchange: Exchange, watch: Watch, platform: Platform, how: Configuration, *, password: Secret | None, seconds: float, grace: float
) -> Iterator[Mode]:
    """Configuration mode of an open session; see `runner.contracts.Session.configuring`.

    Arguments:
        how: how the platform takes its configuration.
        password: answers the one question for it on entering.
        seconds: for one line, where its sender says nothing else.
        grace: see Limits.grace.
    """
    watch.check_stop()
    with watch.graceful(grace):
        mode = Mode(exchange, watch, platform, how, seconds)
        try:
            mode.enter(password)
            yield mode
            if exchange.lost is None:
                mode.leave()
        except BaseException:
            mode.abandon()
            raise
        mode.abandon()
        if exchange.lost is not None:
            raise exchange.lost


class Mode:
    """What `runner.contracts.ConfigMode` promises."""

    def __init__(self, exchange: Exchange, watch: Watch, platform: Platform, how: Configuration, seconds: float) -> None:
        self._exchange, self._watch, self._platform, self._how, self._seconds = exchange, watch, platform, how, seconds
        self._modes = Modes.of(exchange.prompt, how)
        self._entered = self._pending = False
        self._echo = True
        self._left_by = ""

    def enter(self, password: Secret | None) -> None:
        """Enter it. Raises SessionError (`config_mode`), with the device still outside."""
        if self._how.already and re.fullmatch(self._how.already, self._exchange.prompt):
            self._modes = replace(self._modes, inside=self._exchange.prompt)
            return
        answer = password.reveal() if password else None
        self._entered = self._exchange.lost is None
        try:
            turn = self._turn(self._how.enter, self._seconds, _LOGIN_QUESTION if answer else None, answer, echo=None)
        except SessionError as error:
            if error.cause != "unexpected_question":
                raise
            asked = error.message.partition(" asks a question: ")[2]
            raise self._error("config_mode", detail=f": it {'still ' if answer else ''}asks {asked}") from error
        if self._modes.is_outside(turn.prompt):
            self._entered = False
            words = self._platform.error_in(turn.output) or turn.output.strip().rpartition("\n")[2]
            raise self._error("config_mode", detail=f": '{shown(words)}'" if words else ", and does not say why")
        self._echo = turn.echoed

    def send(self, line: str, *, timeout: float | None = None, prompt: str | None = None, answer: str | None = None) -> Reply:
        """See `runner.contracts.ConfigMode`.

        A line that leads out of configuration mode is answered like any other; those behind it are not sent, and say so as an
        error. A line may hold newlines where it is a text of several lines, as `Configuration.whole_lines` makes them.
        """
        if self._left_by:
            error = f"not sent: configuration mode was left by '{shown(self._left_by, 60)}'"
            return Reply(command=line, output="", duration_seconds=0.0, error=error)
        seconds = self._seconds if timeout is None else timeout
        try:
            first, *more = self._parts(line)
        except ValueError as problem:
            return Reply(command=line, output="", duration_seconds=0.0, error=f"not sent: {problem}")
        self._pending = self._how.candidate
        turn = self._text(first, more, seconds) if more else self._turn(first, seconds, prompt, answer, echo=self._echo)
        output = self._exchange.veil.whole(turn.output)
        if self._entered and self._modes.is_outside(turn.prompt):
            self._left_by = without_markers(first)
            error = self._platform.error_in(output)
        else:
            error = self._problem(output)
        if not error:
            self._settle(first, output)
        return Reply(command=line, output=output, duration_seconds=turn.seconds, truncated=turn.truncated, error=error)

    def leave(self) -> None:
        """Leave it, with a candidate thrown away that was not committed.

        Raises SessionError: `not_discarded`, or `config_mode_left` when the prompt outside does not come back.
        """
        self._exchange.in_step()
        if not self._entered:
            self._exchange.pin(self._exchange.here)
            return
        discarded = self._discard()
        turn = None
        if not self._modes.is_outside(self._exchange.here):
            turn = self._turn(self._how.leave, self._seconds, self._how.uncommitted or None, "no", echo=self._echo)
            if not self._modes.is_outside(turn.prompt):
                raise self._error("config_mode_left", detail=f": '{shown(turn.output)}'" if turn.output.strip() else "")
        self._entered = False
        self._exchange.pin(self._exchange.here)
        if not discarded and not (turn and turn.answered):  # the answer was no: outside, it has done the same
            raise self._error("not_discarded")

    def abandon(self) -> None:
        """Leave it after an error, in a few seconds and whatever it takes; a session that cannot is lost. Never raises."""
        if not self._entered:
            return
        exchange, lost = self._exchange, self._exchange.lost
        seconds = LEAVE_WHEN_OVER if self._watch.is_over() else LEAVE
        try:
            with self._watch.last_words(seconds, lambda: self._error("config_mode_left")):
                if lost is not None or not exchange.here:
                    self._modes = self._modes.seen(exchange.regain(self._modes))
                exchange.lost = None
                self.leave()
        except Exception as error:
            exchange.lost = error if isinstance(error, SessionError) else self._error("config_mode_left")
            return
        if lost is not None and lost.cause != "unexpected_question":
            exchange.lost = lost

    def _turn(self, line: str, seconds: float, question: str | None, answer: str | None, *, echo: bool | None) -> Turn:
        turn = self._exchange.turn(line, seconds, self._modes, question, answer, echo=echo)
        self._modes = self._modes.seen(turn.prompt)
        return turn

    def _parts(self, line: str) -> list[str]:
        """Raises ValueError: it is more than one line and no text, or a text without its end."""
        parts = line.split("\n")
        if self._how.whole_lines(parts) != (line,):
            raise ValueError("a line of a configuration is one line, unless it is a text of several from its beginning to its end")
        return parts

    def _text(self, first: str, more: list[str], seconds: float) -> Turn:
        """A text of several lines: nothing after the first is sent before the device asks for it."""
        asked = self._how.text.asked if self._how.text else ""
        refused = self._exchange.begin(first, seconds, self._modes, asked)
        if refused is not None:
            self._modes = self._modes.seen(refused.prompt)
            return refused
        for line in more[:-1]:
            self._exchange.begin(line, seconds, self._modes)
        return self._turn(more[-1], seconds, None, None, echo=True)

    def _problem(self, output: str) -> str:
        """What the device has against a line; empty when nothing."""
        error = self._platform.error_in(output)
        if error or not self._how.status:
            return error
        status = self._turn(self._how.status, self._seconds, None, None, echo=self._echo).output.strip()
        last = output.strip().rpartition("\n")[2].strip()
        return "" if status == "0" else f"exit status {shown(status)}" + (f": {last}" if last else "")

    def _settle(self, line: str, output: str) -> None:
        """Nothing waits any more once the device said that it is committed, or thrown away."""
        how = self._how
        if how.is_commit(line):
            self._pending = not re.search(how.committed, output)
        elif how.discard and line.strip() == how.discard:
            self._pending = not re.search(how.discarded, output)

    def _discard(self) -> bool:
        """Throw away what waits; False when the device did not say that it has."""
        if not self._pending or self._modes.is_outside(self._exchange.here):
            return not self._pending
        if not self._how.discard:
            return False
        turn = self._turn(self._how.discard, self._seconds, None, None, echo=self._echo)
        if self._platform.error_in(turn.output) or not re.search(self._how.discarded, turn.output):
            return False
        self._pending = False
        return True

    def _error(self, cause: str, *, detail: str = "") -> SessionError:
        return self._watch.error(cause, detail=detail, output=self._exchange.last_seen)
