"""Counts a host's tasks in Ansible's seven words, as Ansible counts them."""

from __future__ import annotations

from runner.journal.parts import HostRecord
from runner.states import HostStatus, TaskStatus

WORDS = ("ok", "changed", "unreachable", "failed", "skipped", "rescued", "ignored")
"""The words of Ansible's recap, in its order."""


def task_counts(host: HostRecord) -> dict[str, int]:
    """How many tasks ended how. A changed task is also ok, a failed one that was ignored is ok and ignored.

    A host that was lost outside of its tasks (no connection, session gone between two tasks) counts once for that; one that was
    unreachable and passed over (`ignore_unreachable`) as ignored. What is in doubt has no word of Ansible's and a line of its own.
    Source: `_process_pending_results` of Ansible's strategy plugins, where these words are incremented.
    """
    counts = dict.fromkeys(WORDS, 0)
    told: set[tuple[int, str]] = set()
    for task in host.tasks:
        for word in _words(task.status, ignored=task.ignored, changed=task.changed):
            counts[word] += 1
            told.add((task.batch_number, word))
    for turn in host.turns.values():
        if turn.status in (HostStatus.UNREACHABLE, HostStatus.FAILED) and (turn.batch_number, turn.status.value) not in told:
            counts[turn.status.value] += 1
        if turn.status is HostStatus.SKIPPED and turn.phase:
            counts["ignored"] += 1
    return counts


def _words(status: TaskStatus, *, ignored: bool, changed: bool) -> tuple[str, ...]:
    if status is TaskStatus.FAILED and ignored:
        return ("ok", "changed", "ignored") if changed else ("ok", "ignored")
    if status is TaskStatus.CHANGED or (status is TaskStatus.OK and changed):
        return ("ok", "changed")
    return (status.value,) if status.value in WORDS else ()
