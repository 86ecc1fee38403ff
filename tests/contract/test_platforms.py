"""What every platform that the lab plays must do through a guarded session: one suite, judged by the lab's own book."""

from __future__ import annotations

import pytest
from ntc_templates.parse import parse_output

from runner.lab import Faults
from runner.lab.personalities import PERSONALITIES
from tests.contract.played import ROWS, Bench, in_step


def test_every_platform_of_the_lab_has_a_row() -> None:
    assert set(PERSONALITIES) <= set(ROWS)


def test_connect_enable_show_parse_disconnect(bench: Bench) -> None:
    session = bench.connected()
    command, key = bench.row.shows
    reply = session.send(command)
    parsed = parse_output(bench.platform, command, reply.output)
    assert isinstance(parsed, list)
    assert parsed[0][key]
    in_step(bench, session)
    session.close()
    assert bench.fleet.wait_idle()
    assert session.close_confirmed


def test_pages_are_not_shown(bench: Bench) -> None:
    reply = bench.connected().send(bench.row.long)
    assert len(reply.output.splitlines()) > 24
    assert "more" not in reply.output.lower()
    assert not reply.error


@pytest.mark.parametrize("chunk", [0, 1, 3])
def test_a_configuration_is_accepted(bench: Bench, chunk: int) -> None:
    session = bench.connected()
    bench.fleet.set_faults("r1", Faults(chunk=chunk))
    bench.configure(session, *bench.row.lines)
    in_step(bench, session)
    assert bench.row.shown in bench.running()
    record = bench.fleet.sessions("r1")[-1]
    assert record.lines[-1].mode == "exec"
    assert len([commit for commit in record.commits if commit.done]) == int(bench.how.candidate)


def test_f13_a_configuration_is_rejected(bench: Bench) -> None:
    session = bench.connected()
    line, words = bench.row.bad
    before = bench.running()
    with session.configuring() as mode:
        reply = mode.send(line)
    assert words in reply.error
    in_step(bench, session)
    assert bench.running() == before
    assert not bench.fleet.sessions("r1")[-1].commits


@pytest.mark.parametrize("bench", ["cisco_xr", "juniper_junos"], indirect=True)
def test_f20_what_was_not_committed_has_changed_nothing(bench: Bench) -> None:
    assert bench.how.candidate
    session = bench.connected()
    before = bench.running()
    with session.configuring() as mode:
        assert not any(mode.send(line).error for line in bench.row.lines)
    in_step(bench, session)
    with session.configuring() as mode:
        assert bench.row.shown not in mode.send(bench.how.compare).output
    assert bench.running() == before
    assert not [commit for commit in bench.fleet.sessions("r1")[-1].commits if commit.done]
    assert "yes" not in {asked.answer for asked in bench.fleet.sessions("r1")[-1].asked}


def test_f16_the_name_changes(bench: Bench) -> None:
    session = bench.connected()
    bench.configure(session, *bench.row.rename)
    in_step(bench, session)
    assert "renamed" not in session.send(bench.row.long).output.splitlines()[-1]
    bench.configure(session, *bench.row.back)
    in_step(bench, session)


def test_it_is_saved_where_there_is_something_to_save(bench: Bench) -> None:
    session = bench.connected()
    bench.configure(session, *bench.row.lines)
    if not bench.how.save:
        assert bench.platform in ("cisco_xr", "juniper_junos", "linux")
        return
    reply = session.send(bench.how.save)
    assert not reply.error
    assert bench.row.shown in bench.fleet.saved_config("r1")
    in_step(bench, session)


def test_changes_can_be_compared(bench: Bench) -> None:
    """The running configuration, or on platforms with a candidate what waits in it, shows the lines."""
    session = bench.connected()
    if bench.how.candidate:
        with session.configuring() as mode:
            for line in bench.row.lines:
                mode.send(line)
            assert bench.row.shown in mode.send(bench.how.compare).output
    elif bench.how.running:
        bench.configure(session, *bench.row.lines)
        assert bench.row.shown in session.send(bench.how.running).output
