"""A Nornir runner that works batch by batch: a batch is started when the one before it has been closed.

    nr.with_runner(BatchRunner(batch_size=10)).run(task=collect)

Every host of a batch has its own thread, so the batch size is the only limit on sessions, and it holds for every task.
"""

import logging
import threading
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from time import monotonic
from typing import Any

from nornir.core.inventory import Host
from nornir.core.task import AggregatedResult, MultiResult, Result, Task

from runner.batches import DEFAULT, BatchFinished, BatchSpec, BatchStarted, parse_batch_size, split

logger = logging.getLogger(__name__)

GRACE = 2.0
"""Seconds that running hosts are given to end after Ctrl-C; one that hangs longer is left behind in its daemon thread."""

_LOOK = 0.25
"""Seconds between two looks at whether running hosts are to be given up."""


class BatchRunner:
    """Run a task on all hosts, one batch after the other.

    Arguments:
        batch_size: hosts in a batch: a number, a percentage such as ``"25%"``, a list of both whose last entry repeats
            (``[1, 5, "25%"]``), or 0 for all hosts at once. Anything else is a ValueError.
        on_batch: called with a BatchStarted before and a BatchFinished after each batch, in the thread that called `run`.
            It only watches: an exception it raises is logged and changes nothing.
        proceed: asked before each batch and before each host. As soon as it answers false or raises, no further host is
            started, those running are waited for, and hosts never started are absent from the result.
        next_batch: asked before each batch, after `proceed`. As soon as it answers false or raises, no further batch is started;
            the hosts of the one before have all run.
        abandon: asked a few times a second while running hosts are waited for. When it answers true, they are given up as on
            Ctrl-C, no further host is started, and `run` returns; an exception it raises is logged and means no.
        on_no_thread: called at once with the name of a host that the system gives no thread, and the error that is its failed
            result, in the thread that called `run`. It only watches, as `on_batch` does.

    Whatever ends a host (an exception, SystemExit, a raising processor), it is that host's failed result, and every connection
    it had is closed. On Ctrl-C nothing more is started, the connections of the running hosts are closed, the hosts that had
    ended are told in a BatchFinished with ``interrupted=True``, and KeyboardInterrupt goes on to the caller.
    """

    def __init__(
        self,
        batch_size: int | str | Sequence[int | str] | BatchSpec = DEFAULT,
        on_batch: Callable[[BatchStarted | BatchFinished], None] | None = None,
        proceed: Callable[[], bool] | None = None,
        on_no_thread: Callable[[str, RuntimeError], None] | None = None,
        next_batch: Callable[[], bool] | None = None,
        abandon: Callable[[], bool] | None = None,
    ) -> None:
        self._batch_size = parse_batch_size(batch_size)
        self._on_batch = on_batch
        self._proceed = proceed
        self._next_batch = next_batch
        self._abandon = abandon
        self._on_no_thread = on_no_thread

    def run(self, task: Task, hosts: list[Host]) -> AggregatedResult:
        """The results by name of the host, in the order of `hosts`."""
        aggregated = AggregatedResult(task.name)
        batches = split(hosts, self._batch_size)
        for number, members in enumerate(batches, start=1):
            if not (self._may(self._proceed) and self._may(self._next_batch)):
                break
            results, given_up = self._run_batch(task, members, number, len(batches))
            aggregated.update(results)
            if given_up:
                break
        return aggregated

    def _run_batch(self, task: Task, members: Sequence[Host], number: int, total: int) -> tuple[dict[str, MultiResult], bool]:
        """What its hosts gave, and whether those still at work were given up."""
        batch = _Batch(task)
        names = tuple(host.name for host in members)
        interrupted = True
        try:
            self._tell(BatchStarted(number=number, total=total, hosts=names))
            for host in members:
                if not self._may(self._proceed):
                    break
                if (error := batch.start(host)) is not None:
                    self._tell_of_no_thread(host.name, error)
            interrupted = not batch.wait(self._given_up)
        finally:
            # Taken before anything is cut: what a cut host gives is not its result.
            results = {name: batch.results[name] for name in names if name in batch.results}
            try:
                if interrupted:
                    batch.cut()
            finally:
                self._tell(BatchFinished(number=number, total=total, hosts=names, results=results, interrupted=interrupted))
        return results, interrupted

    def _may(self, asked: Callable[[], bool] | None) -> bool:
        try:
            return asked is None or asked()
        except Exception:
            logger.exception("The callable that is asked whether to proceed raised; no further host is started")
            return False

    def _given_up(self) -> bool:
        try:
            return self._abandon is not None and self._abandon()
        except Exception:
            logger.exception("The callable that is asked whether to give up raised; running hosts are waited for")
            return False

    def _tell(self, fact: BatchStarted | BatchFinished) -> None:
        try:
            if self._on_batch is not None:
                self._on_batch(fact)
        except Exception:
            logger.exception("The callable for batches raised on batch %d of %d; the run goes on", fact.number, fact.total)

    def _tell_of_no_thread(self, host: str, error: RuntimeError) -> None:
        try:
            if self._on_no_thread is not None:
                self._on_no_thread(host, error)
        except Exception:
            logger.exception("The callable for hosts without a thread raised on host %r; the run goes on", host)


class _Batch:
    """One batch under way: a thread for each host started, and the results of the hosts whose task has ended."""

    def __init__(self, task: Task) -> None:
        self.results: dict[str, MultiResult] = {}
        self._task = task
        self._hosts: list[Host] = []
        self._threads: list[threading.Thread] = []
        self._cut = threading.Event()

    def start(self, host: Host) -> RuntimeError | None:
        """Start the host's thread; the error where the system has none left to give."""
        self._hosts.append(host)
        try:
            self._spawn(self._work, host.name, host)
        except RuntimeError as error:
            self.results[host.name] = _with_failure(MultiResult(self._task.name), host, error)
            _close_connections(host)
            return error
        return None

    def wait(self, given_up: Callable[[], bool]) -> bool:
        """Return when every host has ended: True; or when they are given up: False."""
        for thread in self._threads:
            while thread.is_alive():  # one that could not be started never was
                if given_up():
                    return False
                thread.join(_LOOK)
        return True

    def cut(self) -> None:
        """Close what the hosts have open, again and again for those still opening, until all have ended or GRACE is over."""
        self._cut.set()
        deadline = monotonic() + GRACE
        while (alive := [thread for thread in self._threads if thread.is_alive()]) and monotonic() < deadline:
            for host in self._hosts:
                if host.connections:
                    with suppress(RuntimeError):  # no thread left: tried again in the next round
                        self._spawn(_close_connections, host)
            alive[0].join(timeout=0.05)

    def _spawn(self, target: Callable[..., None], *args: Any) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)  # daemon: a hung device must not keep Python alive
        self._threads.append(thread)  # before the start, so that Ctrl-C in between finds it
        thread.start()

    def _work(self, name: str, host: Host) -> None:
        try:
            if not self._cut.is_set():
                self.results[name] = _outcome(self._task, host)
        finally:
            _close_connections(host)


def _outcome(task: Task, host: Host) -> MultiResult:
    """What the host gave. User code runs in here, so everything is caught; what had been gathered stays behind the failure."""
    results = MultiResult(task.name)
    try:
        own = task.copy()
        results = own.results
        return own.start(host)
    except BaseException as error:
        logger.error("Host %r: %s ended task %r", host.name, type(error).__name__, task.name)
        return _with_failure(results, host, error)


def _with_failure(results: MultiResult, host: Host, error: BaseException) -> MultiResult:
    text = "".join(traceback.format_exception(error))
    results.insert(0, Result(host, result=text, failed=True, exception=error, severity_level=logging.ERROR, name=results.name))
    return results


def _close_connections(host: Host) -> None:
    """Close every connection, the last one opened first; each is taken out before, so that two threads never close the same."""
    with suppress(KeyError):  # how an empty dictionary answers
        while True:
            kind, connection = host.connections.popitem()
            try:
                connection.close()
            except BaseException as error:
                logger.warning("Host %r: closing connection %r raised %r", host.name, kind, error)
