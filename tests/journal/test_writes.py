"""What the record keeps of writes, retries and hosts held back, and what it makes of a run that ended in the middle of a write."""

from __future__ import annotations

import io
import json
from typing import Any

from runner.events import ConnectRetried, HostHeldBack, WriteIntended
from runner.journal.counts import task_counts
from runner.journal.document import write_json
from runner.journal.record import JobRecord
from runner.secret import Redactor, Secret
from runner.states import HostStatus
from tests.journal.story import PLAY, batch_started, host_finished, host_started, names, record_of, run_finished, run_started, task, told

INTENT = WriteIntended(host="r1", play=PLAY, batch_number=1, index=0, task="Loopback", action="config", lines=5, digest="0" * 64)
HOSTS = names(1, 2)


def begun(**options: Any) -> JobRecord:
    """Two hosts at work."""
    return told(record_of(HOSTS, **options), [run_started(2, 1), batch_started(1, 1, HOSTS), host_started("r1"), host_started("r2")])


def document(record: JobRecord) -> Any:
    stream = io.StringIO()
    write_json(record, stream)
    return json.loads(stream.getvalue())


def test_f31_a_run_that_ends_with_an_open_intent_leaves_the_host_in_doubt() -> None:
    record = told(begun(), [INTENT, run_finished(5)])
    assert [record.hosts[name].status for name in HOSTS] == [HostStatus.IN_DOUBT, HostStatus.STOPPED]
    turn = record.hosts["r1"].deciding
    assert turn is not None and "'Loopback'" in turn.reason and turn.task == "Loopback"


def test_an_intent_ends_with_its_task() -> None:
    record = told(begun(), [INTENT, task("r1", "changed"), run_finished(7)])
    assert record.hosts["r1"].status is HostStatus.STOPPED


def test_the_document_has_lines_diff_attempts_and_what_is_unguarded() -> None:
    retried = [
        ConnectRetried(host="r1", play=PLAY, batch_number=1, attempt=n, phase="tcp", reason="refused", delay_seconds=1.0) for n in (1, 2)
    ]
    changed = task("r1", "changed", applied=3, total=5, diff="+ hostname canary-1234", unguarded=True)
    record = begun(redact=Redactor([Secret("canary-1234")]))
    results = document(told(record, [*retried, changed, host_finished("r1", "changed"), host_finished("r2")]))["results"]
    assert results["r1"]["attempts"] == 3 and "attempts" not in results["r2"]
    entry = results["r1"]["tasks"][0]
    assert (entry["lines"], entry["diff"], entry["unguarded"]) == ({"applied": 3, "total": 5}, "+ hostname ******", True)


def test_a_host_that_is_held_back_is_not_started_and_says_why() -> None:
    record = told(record_of(HOSTS), [HostHeldBack(host="r1", play=PLAY, batch_number=1, reason="3 logins were refused")])
    entry = document(record)["results"]["r1"]
    assert (entry["status"], entry["reason"]) == ("pending", "3 logins were refused")


def test_an_unreachable_host_that_was_ignored_is_counted_as_ignored_and_never_as_ok() -> None:
    record = told(begun(), [host_finished("r1", "skipped", phase="tcp", reason="refused (ignored: ignore_unreachable)")])
    counts = task_counts(record.hosts["r1"])
    assert counts["ignored"] == 1 and counts["ok"] == counts["unreachable"] == 0


def test_what_is_in_doubt_is_in_none_of_the_seven_words() -> None:
    record = told(begun(), [INTENT, task("r1", "in_doubt"), host_finished("r1", "in_doubt")])
    assert not any(task_counts(record.hosts["r1"]).values())
