"""Keeps the score of a run, asks the policy after each host's end and each batch's, and carries its decision out."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from runner.errors import RunnerError
from runner.events import LimitTripped, Tell
from runner.execution.control import Control
from runner.planning.plan import PlannedPlay
from runner.policy import Decision, Facts, decide
from runner.states import HostStatus, worst

Ask = Callable[[str], str]
"""Asks the person at the terminal for one line. Raises Stopped when the user asks to stop meanwhile."""


class Referee:
    """One for a job. Safe for the threads of its hosts.

    Arguments:
        hosts: of the whole run.
        ask: asks a person; None where nobody can be asked: then a pause is a stop.
        turns: how turns ended in earlier processes of the job, by batch number and host: limits count them.
    """

    def __init__(
        self, hosts: Iterable[str], control: Control, ask: Ask | None = None, turns: Mapping[int, Mapping[str, HostStatus]] | None = None
    ) -> None:
        self._turns: dict[str, dict[int, HostStatus]] = {host: {} for host in hosts}
        for number, ended in (turns or {}).items():
            for host, status in ended.items():
                self._turns.setdefault(host, {})[number] = status
        self._run = {host: worst(statuses.values()) for host, statuses in self._turns.items()}
        self._batches: dict[int, dict[str, HostStatus]] = {}
        self._control, self._ask = control, ask
        self._lock = threading.Lock()

    def host_ended(self, play: PlannedPlay, host: str, status: HostStatus) -> LimitTripped | None:
        """A host of the play will end so; called when that is known, before its session is closed.

        A limit that this passes holds from now on. What is returned is to be told behind the host's own end, its cause.
        """
        number = play.batch_number(host)
        with self._lock:
            self._batch(play, number)[host] = status
            self._set(host, number, status)
            decision = self._decide(play, number, over=False)
        return self._tripped(decision, play, number)

    def batch_goes_on(self, play: PlannedPlay, number: int, hosts: Iterable[str], tell: Tell) -> None:
        """A batch is opened again for these of its hosts. A limit that the others have passed holds at once."""
        with self._lock:
            for host in hosts:
                self._batch(play, number)[host] = HostStatus.PENDING
                self._set(host, number, HostStatus.PENDING)
            decision = self._decide(play, number, over=False)
        if decision.verdict == "stop" and (tripped := self._tripped(decision, play, number)) is not None:
            tell(tripped)

    def batch_ended(self, play: PlannedPlay, number: int, tell: Tell) -> None:
        """All sessions of the batch are closed; may wait for a person's answer."""
        with self._lock:
            decision = self._decide(play, number, over=True)
        if (tripped := self._tripped(decision, play, number)) is None:
            return
        tell(tripped)
        if tripped.decision == "pause" and self._ask is not None and self._control.next_batch():
            with self._control.between_batches():
                goes_on = _may_go_on(self._ask, tripped.reason)
            if not goes_on and self._control.next_batch():
                self._control.halt(f"{tripped.reason}; the answer was not to go on")

    def _batch(self, play: PlannedPlay, number: int) -> dict[str, HostStatus]:
        if number not in self._batches:
            hosts = next(batch.hosts for batch in play.batches if batch.number == number)
            self._batches[number] = {host: self._turns.get(host, {}).get(number, HostStatus.PENDING) for host in hosts}
        return self._batches[number]

    def _set(self, host: str, number: int, status: HostStatus) -> None:
        """A host stands as the worst of its turns that have ended."""
        turns = self._turns.setdefault(host, {})
        turns[number] = status
        self._run[host] = worst([each for each in turns.values() if each is not HostStatus.PENDING])

    def _decide(self, play: PlannedPlay, number: int, *, over: bool) -> Decision:
        batch = Counter(self._batch(play, number).values())
        return decide(play.policy, Facts(batch_number=number, batch=batch, run=Counter(self._run.values()), batch_over=over))

    def _tripped(self, decision: Decision, play: PlannedPlay, number: int) -> LimitTripped | None:
        """The limit that was passed, which lets nothing new start from now on unless it only pauses."""
        if decision.verdict == "continue" or not self._control.proceed():
            return None
        reason, verdict = decision.reason, decision.verdict
        if verdict == "pause" and self._ask is None:
            reason, verdict = f"{reason}, and nobody can be asked whether to go on", "stop"
        if verdict == "stop" and not self._control.halt(reason):
            return None  # another host's thread was first
        return LimitTripped(play=play.name, batch_number=number, limit=decision.limit, decision=verdict, reason=reason)


def _may_go_on(ask: Ask, reason: str) -> bool:
    """Only a yes goes on. Nothing typed, which is how the end of the input looks, is a no; other words are asked about again."""
    question = f"{reason[:1].upper()}{reason[1:]}. Go on? [yes/no]"
    try:
        while (answer := ask(question).strip().lower()) not in ("y", "yes", "n", "no", ""):
            question = "Please answer yes or no. Go on? [yes/no]"
    except RunnerError:  # the user stopped meanwhile, or there is nobody there any more
        return False
    return answer in ("y", "yes")
