"""The recap as lines of text, from whole runs."""

from __future__ import annotations

import pytest

from runner.events import Event, HostFinished
from runner.journal.record import JobRecord
from runner.reporters.line import plain
from runner.reporters.recap import recap, recap_lines
from runner.states import JobStatus
from tests.journal.story import (
    BATCHES,
    audit,
    batch_started,
    handler_failed,
    host_finished,
    host_started,
    names,
    one_batch,
    record_of,
    run_finished,
    run_started,
    task,
    told,
)


def lines_of(record: JobRecord, width: int | None = None, *, verbose: bool = False) -> list[str]:
    with record:
        return recap_lines(record, width, verbose)


def test_s17_each_host_has_ansibles_seven_words_then_batch_and_time() -> None:
    record = record_of(("r1", "r10"), ("r2",))
    tasks: list[Event] = [task("r1", "changed", changed=True), task("r1", index=1), host_finished("r1", "changed", seconds=3.21)]
    told(record, [run_started(3, 2), batch_started(1, 2, ("r1", "r10")), *tasks, host_finished("r10", "unreachable", seconds=12.04)])
    told(record, [*one_batch(2, 2, ("r2",)), run_finished(4)])
    assert lines_of(record) == [
        "r1  : ok=2 changed=1 unreachable=0 failed=0 skipped=0 rescued=0 ignored=0   batch=1  3.2s",
        "r10 : ok=0 changed=0 unreachable=1 failed=0 skipped=0 rescued=0 ignored=0   batch=1  12.0s",
        "r2  : ok=1 changed=0 unreachable=0 failed=0 skipped=0 rescued=0 ignored=0   batch=2  1.5s",
        "2 batches, 3 hosts: 1 ok, 1 changed, 1 unreachable; at most 10 sessions at once; 4.1 s",
    ]


def test_the_audit_ends_with_one_line_of_totals() -> None:
    lines = lines_of(told(record_of(*BATCHES), audit()))
    assert len(lines) == 26
    assert lines[-1] == "3 batches, 25 hosts: 24 ok, 1 unreachable; at most 10 sessions at once; 4.1 s"


NARROW = [
    pytest.param(None, "r7 : ok=0 changed=0 unreachable=1 failed=0 skipped=0 rescued=0 ignored=0   batch=1  0.2s", id="no terminal"),
    pytest.param(120, "r7 : ok=0 changed=0 unreachable=1 failed=0 skipped=0 rescued=0 ignored=0   batch=1  0.2s", id="wide"),
    pytest.param(80, "r7 : ok=0 unreachable=1   batch=1  0.2s", id="80: words that are 0 for all are left out"),
    pytest.param(38, "r7 : unreachable=1   batch=1  0.2s", id="narrow: no zeros at all"),
]


@pytest.mark.parametrize(("width", "expected"), NARROW)
def test_a_narrow_terminal_gets_fewer_words_in_the_same_order(width: int | None, expected: str) -> None:
    lines = lines_of(
        told(record_of(names(1, 9)), [run_started(9, 1), *one_batch(1, 1, names(1, 9), {"r7": _lost()}), run_finished(4)]), width
    )
    assert lines[6] == expected
    assert width is None or all(len(line) <= width for line in lines)


def _lost() -> HostFinished:
    return host_finished("r7", "unreachable", seconds=0.2)


def many(count: int) -> JobRecord:
    hosts = names(1, count)
    return told(record_of(hosts), [run_started(count, 1), *one_batch(1, 1, hosts, {"r7": _lost()}), run_finished(4)])


@pytest.mark.parametrize(
    ("hosts", "verbose", "expected"),
    [
        pytest.param(50, False, 51, id="50 hosts each have a line"),
        pytest.param(51, False, 3, id="of 51 only the bad one, and how many are left out"),
        pytest.param(51, True, 52, id="verbose leaves nobody out"),
    ],
)
def test_large_fleets_show_what_needs_a_look(hosts: int, verbose: bool, expected: int) -> None:
    lines = lines_of(many(hosts), verbose=verbose)
    assert len(lines) == expected
    if expected == 3:
        assert lines[0].startswith("r7 ")
        assert lines[1] == "… and 50 hosts ok"


def test_f30_a_stopped_run_names_the_hosts_that_were_never_started() -> None:
    record = record_of(names(1, 2), names(3, 6))
    told(record, [run_started(6, 2), batch_started(1, 2, ("r1", "r2")), host_started("r1"), host_started("r2")])
    told(record, [host_finished("r1"), host_finished("r2", "stopped")])
    told(record, [run_finished(7, status=JobStatus.STOPPED, reason="Ctrl-C")])
    assert lines_of(record)[1:] == [
        "r2 : ok=0 changed=0 unreachable=0 failed=0 skipped=0 rescued=0 ignored=0   batch=1  1.5s  stopped",
        "not started (4): r3, r4, r5, r6",
        "job stopped: Ctrl-C",
        "1 of 2 batches, 6 hosts: 1 ok, 1 stopped, 4 not started; at most 10 sessions at once; 4.1 s",
    ]


def test_long_lists_of_names_are_wrapped_on_a_terminal() -> None:
    record = told(record_of(names(1, 60)), [run_started(60, 1), run_finished(7, status=JobStatus.STOPPED)])
    lines = lines_of(record, 60)
    assert all(len(line) <= 60 for line in lines)
    assert "r60" in " ".join(lines)


def test_hosts_in_doubt_have_a_line_of_their_own() -> None:
    lines = lines_of(told(record_of(("r1",)), [host_finished("r1", "in_doubt"), run_finished(5)]))
    assert lines[0].endswith("1.5s  in doubt")
    assert lines[1] == "in doubt, look at them before repeating anything (1): r1"


def test_a_close_that_the_device_did_not_confirm_is_said() -> None:
    lines = lines_of(told(record_of(("r1",)), [host_finished("r1", close_confirmed=False), run_finished()]))
    assert lines[1] == "close not confirmed, may still count a session (1): r1"


def test_f06_errors_of_result_handlers_are_listed_ten_at_most() -> None:
    events: list[Event] = [host_finished("r1"), *(handler_failed("r1", f"no\nroom {number}") for number in range(12)), run_finished(2)]
    lines = lines_of(told(record_of(("r1",)), events))
    assert lines[1] == 'result handler failed: save in "Neighbours" on r1: no\\nroom 0'
    assert lines[11] == "… and 2 more errors of result handlers"
    assert "1 ok, 12 result handlers failed" in lines[-1]
    assert len(lines_of(told(record_of(("r1",)), events), verbose=True)) == 14


def test_states_are_words_and_colour_only_repeats_them() -> None:
    with many(9) as record:
        for line in recap(record, None, False)[:-1]:
            text = plain(line)
            assert all(style in ("", "dim") or f"{style}=" in text or style in ("ok", "unreachable") for _, style in line)
        bad = recap(record, None, False)[6]
    assert bad[0] == ("r7", "unreachable")
    assert ("unreachable=1", "unreachable") in bad
    assert ("failed=0", "dim") in bad


def test_f70_names_from_the_inventory_are_escaped() -> None:
    lines = lines_of(told(record_of(("r1\x1b[2J",)), [host_finished("r1\x1b[2J"), run_finished()]))
    assert lines[0].startswith("r1\\x1b[2J :")


SAVED = [
    pytest.param(14, "reports", ["14 files saved below reports/"], id="several"),
    pytest.param(2, ".", ["2 files saved below ./"], id="here"),
    pytest.param(1, "out/r1.txt", ["1 file saved: out/r1.txt"], id="one"),
    pytest.param(0, "", [], id="none"),
]


@pytest.mark.parametrize(("files", "place", "expected"), SAVED)
def test_files_that_were_saved_are_told_before_the_total(files: int, place: str, expected: list[str]) -> None:
    record = told(record_of(("r1",)), [run_started(1, 1), *one_batch(1, 1, ("r1",)), run_finished(files=files, saved_in=place)])
    assert lines_of(record)[1:-1] == expected


def test_a_brief_recap_names_the_hosts_that_did_not_end_well_alone() -> None:
    record = many(9)
    with record:
        lines = [plain(line) for line in recap(record, None, False, brief=True)]
        whole = [plain(line) for line in recap(record, None, True, brief=True)]
    assert [line.partition(" ")[0] for line in lines] == ["r7", "1"] and len(whole) == 10


def test_who_paused_a_run_and_where_is_said_in_one_sentence() -> None:
    record = record_of(names(1, 2), names(3, 6))
    told(record, [run_started(6, 2), batch_started(1, 2, ("r1", "r2")), host_finished("r1"), host_finished("r2")])
    told(record, [run_finished(7, status=JobStatus.PAUSED, reason="paused by ann@host after batch 1")])
    assert lines_of(record)[2:4] == ["not started (4): r3, r4, r5, r6", "job paused by ann@host after batch 1"]
