"""The end of a run in a few lines: what each host came to, who was not reached, and one line of totals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from runner.journal.counts import WORDS, task_counts
from runner.journal.parts import HostRecord
from runner.journal.record import JobRecord
from runner.reporters.escape import one_line
from runner.reporters.line import Line, Piece, count, plain, said, seconds, states, wrapped
from runner.reporters.names import shortened
from runner.states import GOOD, BatchStatus, HostStatus, JobStatus

MOST_HOSTS = 50
"""Up to this many hosts each have their line; of more, only those that are not ok."""

_MOST_ERRORS = 10
_LONGEST_NAME = 40


def recap_lines(record: JobRecord, width: int | None, verbose: bool) -> list[str]:
    """The recap as text. `width` is the terminal's, None for lines of any length; `verbose` leaves no host out."""
    return [plain(line) for line in recap(record, width, verbose)]


def recap(record: JobRecord, width: int | None, verbose: bool, *, brief: bool = False) -> list[Line]:
    """`r1 : ok=2 changed=1 ... ignored=0   batch=1  3.2s` for each host in batch order, then what needs attention, then the total.

    `brief` leaves out the hosts that ended well, however few they are, and their number too: the total says it.
    """
    hosts = [host for host in _in_batch_order(record) if host.status is not HostStatus.PENDING]
    whole = verbose or (len(hosts) <= MOST_HOSTS and not brief)
    shown = hosts if whole else [host for host in hosts if host.status not in GOOD]
    lines = [*_host_lines(shown, width)]
    if len(shown) < len(hosts) and not brief:
        left_out = Counter(host.status.value for host in hosts if host.status in GOOD)
        lines.append(_left_out(left_out))
    rest = (*_attention(record, verbose), *saved(record), total(record))
    return [*lines, *(part for line in rest for part in wrapped(line, width))]


def saved(record: JobRecord) -> Iterator[Line]:
    """`14 files saved below reports/`; nothing where nothing was saved."""
    if record.files:
        where = one_line(record.saved_in)
        many = record.files > 1
        yield ((f"{count(record.files, 'file')} saved", "strong"), (f" below {where.rstrip('/')}/" if many else f": {where}", ""))


def total(record: JobRecord) -> Line:
    """`3 batches, 25 hosts: 24 ok, 1 unreachable; at most 10 sessions at once; 4.1 s`."""
    begun = sum(batch.status is not BatchStatus.PENDING for batch in record.batches.values())
    batches = count(record.total_batches, "batch")
    if begun < record.total_batches:
        batches = f"{begun} of {batches}"
    counts = Counter(host.status.value for host in record.hosts.values())
    pieces: list[Piece] = [(f"{batches}, {count(len(record.hosts), 'host')}", "")]
    pieces += [(": ", ""), *states(counts)] if counts else []
    if record.handler_errors:
        pieces += [(", ", ""), (f"{count(len(record.handler_errors), 'result handler')} failed", "failed")]
    if record.ceiling:
        pieces.append((f"; at most {count(record.ceiling, 'session')} at once", ""))
    if record.duration_seconds is not None:
        pieces.append((f"; {seconds(record.duration_seconds)}", ""))
    return tuple(pieces)


def _in_batch_order(record: JobRecord) -> list[HostRecord]:
    names = [name for _, batch in sorted(record.batches.items()) for name in batch.device_ids]
    return [record.hosts[name] for name in dict.fromkeys((*names, *record.hosts))]


def _host_lines(hosts: Sequence[HostRecord], width: int | None) -> Iterator[Line]:
    """Aligned lines; on a terminal too narrow for all seven words, first without those that are 0 everywhere, then without any 0."""
    counts = {host.name: task_counts(host) for host in hosts}
    used = tuple(word for word in WORDS if word == "ok" or any(count[word] for count in counts.values()))
    for words in (WORDS, used):
        lines = [*_aligned(hosts, counts, words)]
        if width is None or all(len(plain(line)) <= width for line in lines):
            yield from lines
            return
    for host in hosts:
        yield _host_line(host, _name(host), [word for word in WORDS if counts[host.name][word]], counts[host.name], {})


def _aligned(hosts: Sequence[HostRecord], counts: dict[str, dict[str, int]], words: Sequence[str]) -> Iterator[Line]:
    longest = max((len(_name(host)) for host in hosts), default=0)
    room = {word: max((len(f"{word}={each[word]}") for each in counts.values()), default=0) for word in words}
    batch = max((len(_batch(host)) for host in hosts), default=0)
    for host in hosts:
        yield _host_line(host, _name(host).ljust(longest), words, counts[host.name], {**room, "batch": batch})


def _host_line(host: HostRecord, name: str, words: Sequence[str], counts: dict[str, int], room: dict[str, int]) -> Line:
    pieces: list[Piece] = [(name, host.status.value), (" :", "")]
    for word in words:
        style = "dim" if not counts[word] else word
        pieces += [(" ", ""), (f"{word}={counts[word]}".ljust(room.get(word, 0)), style)]
    pieces.append((f"   {_batch(host).ljust(room.get('batch', 0))}  {host.duration_seconds:.1f}s", ""))
    if host.status in (HostStatus.STOPPED, HostStatus.IN_DOUBT, HostStatus.RUNNING):  # states that none of the seven words tells
        pieces += [("  ", ""), (said(host.status.value), host.status.value)]
    return tuple(pieces)


def _left_out(counts: Counter[str]) -> Line:
    """`… and 187 hosts ok`, or `… and 187 hosts: 180 ok, 7 changed`."""
    head = f"… and {count(counts.total(), 'host')}"
    if len(counts) == 1:
        (state,) = counts
        return ((f"{head} ", ""), (state, state))
    return ((f"{head}: ", ""), *states(counts))


def _name(host: HostRecord) -> str:
    return shortened(one_line(host.name), _LONGEST_NAME)


def _batch(host: HostRecord) -> str:
    turn = host.deciding
    return f"batch={turn.batch_number if turn else '-'}"


def _attention(record: JobRecord, verbose: bool) -> Iterator[Line]:
    waiting = [host.name for host in _in_batch_order(record) if host.status is HostStatus.PENDING and host.name not in record.busy]
    doubtful = [host.name for host in _in_batch_order(record) if host.status is HostStatus.IN_DOUBT]
    unconfirmed = [host.name for host in record.hosts.values() if not all(turn.close_confirmed for turn in host.turns.values())]
    yield from _named("not started", "pending", waiting)
    busy = [record.busy[host.name] for host in _in_batch_order(record) if host.name in record.busy]
    for holder in dict.fromkeys(event.holder for event in busy):
        had = [event.host for event in busy if event.holder == holder]
        yield from _named(f"not started, job {one_line(holder)} works on the device", "pending", had)
    yield from _named("in doubt, look at them before repeating anything", "in_doubt", doubtful)
    yield from _named("close not confirmed, may still count a session", "", unconfirmed)
    errors = record.handler_errors
    for error in errors if verbose else errors[:_MOST_ERRORS]:
        where = f'{one_line(error.handler)} in "{one_line(error.task)}" on {one_line(error.host)}'
        yield (("result handler failed", "failed"), (f": {where}: {one_line(error.message)}", ""))
    if len(errors) > _MOST_ERRORS and not verbose:
        yield ((f"… and {count(len(errors) - _MOST_ERRORS, 'more error')} of result handlers", ""),)
    if record.status not in (JobStatus.COMPLETED, JobStatus.RUNNING, JobStatus.PENDING):
        state, reason = record.status.value, one_line(record.reason)
        begins = reason.startswith(state)  # "paused by ann@host after batch 2"
        yield ((f"job {state}", state), (reason[len(state) :] if begins else f": {reason}" if reason else "", ""))


def _named(what: str, style: str, names: Sequence[str]) -> Iterator[Line]:
    """`not started (4): r1, r2, r3, r4`."""
    if names:
        yield ((f"{what} ({len(names)})", style), (f": {', '.join(one_line(name) for name in names)}", ""))
