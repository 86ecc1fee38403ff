"""The difference between two jobs for people and for programs; each diff is made when it is shown, so that none is kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from runner.journal.comparing import Compared, Comparison, changed
from runner.journal.record import JobRecord
from runner.journal.volatile import Mask
from runner.reporters.escape import escape, one_line
from runner.reporters.job_table import what, when
from runner.reporters.line import Line, count, said
from runner.reporters.names import compressed

if TYPE_CHECKING:
    from runner.store.reading import StoredJob

_STYLES = {"-": "removed", "+": "added"}


def diff_lines(found: Comparison, jobs: tuple[StoredJob, StoredJob], before: JobRecord, after: JobRecord, mask: Mask) -> Iterator[Line]:
    """Which jobs, then command by command the hosts that differ, those with the rarest change first, then one line of totals."""
    for name, job in zip(("before", "after"), jobs, strict=True):
        yield ((f"{name:<7} ", "dim"), (one_line(job.id), "strong"), (f"  {when(job.started or job.created)}  {what(job.start, 80)}", ""))
    yield from _named("only in the first job", found.only_before)
    yield from _named("only in the second job", found.only_after)
    apart = True
    for each in found.commands:
        if apart or each.differs:
            yield ()
        apart = each.differs
        yield from _command(each, before, after, mask)
    yield ()
    yield from _total(found)


def diff_object(found: Comparison, before: JobRecord, after: JobRecord, mask: Mask) -> dict[str, Any]:
    """The comparison as JSON shows it."""
    return {
        "before": before.id,
        "after": after.id,
        "different": found.differs,
        "hosts": list(found.hosts),
        "only_before": list(found.only_before),
        "only_after": list(found.only_after),
        "commands": [
            {
                "task": each.task,
                "command": each.command,
                "same": each.same,
                "changes": [
                    {"hosts": change.hosts, "diff": [*changed(before, change.before, after, change.after, mask)]} for change in each.changes
                ],
                "only_before": each.only_before,
                "only_after": each.only_after,
            }
            for each in found.commands
        ],
    }


def _total(found: Comparison) -> Iterator[Line]:
    different = {host for each in found.commands for host in _different(each)}
    same = {host for each in found.commands for host in each.same} - different
    silent = [host for host in found.hosts if host not in different and host not in same]
    if silent:
        yield ((f"no output in either job ({len(silent)}): {compressed(silent)}", ""),)
    yield (
        (f"{count(len(same) + len(different), 'host')} compared: ", ""),
        (f"{len(same)} the same", "ok" if same else ""),
        (f", {len(different)} different", "changed" if different else ""),
    )


def _command(each: Compared, before: JobRecord, after: JobRecord, mask: Mask) -> Iterator[Line]:
    different = len(_different(each))
    parts = [f"the same on {count(len(each.same), 'host')}" if each.same else "", f"different on {different}" if different else ""]
    name = one_line(each.command) or f'task "{one_line(each.task)}"'
    yield (("== ", "dim"), (name, "strong"), (f": {', '.join(filter(None, parts))}", ""))
    for change in each.changes:
        like = f" (shown: {one_line(change.hosts[0])})" if len(change.hosts) > 1 else ""
        yield (("-- ", "dim"), (count(len(change.hosts), "host"), "changed"), (f": {compressed(change.hosts)}", "strong"), (like, "dim"))
        for line in changed(before, change.before, after, change.after, mask):
            yield ((f"  {escape(line)}", _STYLES.get(line[:1], "")),)
    yield from _named("no output in the second job", each.only_before, after)
    yield from _named("no output in the first job", each.only_after, before)


def _different(each: Compared) -> set[str]:
    return {*each.only_before, *each.only_after, *(host for change in each.changes for host in change.hosts)}


def _named(so: str, hosts: Sequence[str], record: JobRecord | None = None) -> Iterator[Line]:
    """The hosts, by the state they have in the job that lacks them, where there is one."""
    found: dict[str, list[str]] = {}
    for host in hosts:
        found.setdefault(record.hosts[host].status.value if record else "", []).append(host)
    for state, names in found.items():
        why = f", {said(state)} there" if state else ""
        yield ((f"{so} ({len(names)})", "changed"), (f": {compressed(names)}{why}", ""))
