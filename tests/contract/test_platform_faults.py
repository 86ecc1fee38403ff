"""What every platform that the lab plays must do when it asks, hangs, is cut or lies in the middle of a configuration."""

from __future__ import annotations

import time

import pytest

from runner.errors import SessionError
from runner.lab import Faults
from tests.contract.played import ROWS, Bench, in_step


def test_f17_a_question_of_the_device_is_told_and_never_answered_yes(bench: Bench) -> None:
    session = bench.connected()
    line = bench.row.lines[-1]
    bench.fleet.set_faults("r1", Faults(confirm_on={line: "Are you sure? [yes/no]: "}))
    before = bench.running()
    with pytest.raises(SessionError) as caught, session.configuring() as mode:
        for each in bench.row.lines:
            mode.send(each)
    assert caught.value.cause == "unexpected_question"
    assert "'Are you sure? [yes/no]:'" in caught.value.message
    bench.fleet.set_faults("r1", Faults())
    in_step(bench, session)
    assert not {"y", "yes", ""} & {asked.answer for asked in bench.fleet.sessions("r1")[-1].asked}
    if bench.row.shown:
        assert bench.row.shown not in bench.running()
    if bench.how.candidate:
        assert bench.running() == before


def test_f42_a_session_that_is_cut_in_mid_push(bench: Bench) -> None:
    session = bench.connected()
    bench.fleet.set_faults("r1", Faults(close_at_line=1))
    before = bench.running()
    with pytest.raises(SessionError) as caught, session.configuring() as mode:
        for line in bench.row.lines:
            mode.send(line)
        mode.send(bench.row.lines[0])
    assert caught.value.cause == "closed"
    assert bench.fleet.wait_idle()
    if bench.how.candidate:
        assert bench.running() == before
    bench.fleet.set_faults("r1", Faults())
    again = bench.connected()
    with again.configuring() as mode:
        if bench.how.candidate:
            assert bench.row.shown not in mode.send(bench.how.compare).output


def test_f34_a_line_that_hangs(bench: Bench) -> None:
    session = bench.connected()
    bench.fleet.set_faults("r1", Faults(hang_at_line=1))
    with pytest.raises(SessionError) as caught, session.configuring() as mode:
        mode.send(bench.row.lines[0], timeout=0.5)
    assert caught.value.cause == "command_timeout"
    session.close()
    assert bench.fleet.wait_idle()


@pytest.mark.parametrize("bench", [name for name, row in ROWS.items() if row.long.startswith("show")], indirect=True)
@pytest.mark.parametrize("again", [False, True])
def test_f15_a_prompt_in_an_output_is_never_silent(bench: Bench, again: bool) -> None:
    session = bench.connected()
    whole = session.send(bench.row.long).output
    bench.fleet.set_faults("r1", Faults(prompt_in_output=True))
    reply = session.send(bench.row.long)
    bench.fleet.set_faults("r1", Faults())
    if len(reply.output.splitlines()) > len(whole.splitlines()):
        in_step(bench, session)
        return
    until = time.monotonic() + 5.0
    with pytest.raises(SessionError) as caught:
        while time.monotonic() < until:
            session.send(bench.row.shows[0]) if again else session.check()
    assert caught.value.cause == "out_of_step"


def test_a_log_line_behind_the_prompt_disturbs_nothing(bench: Bench) -> None:
    session = bench.connected()
    bench.fleet.set_faults("r1", Faults(noisy="*Nov 24 06:56:00.000: %SYS-5-CONFIG_I: Configured from console by admin on vty0"))
    for _ in range(2):
        bench.configure(session, *bench.row.lines)
        in_step(bench, session)


def test_configuration_mode_is_refused(bench: Bench) -> None:
    session = bench.connected()
    bench.fleet.set_faults("r1", Faults(no_config=True))
    with pytest.raises(SessionError) as caught, session.configuring():
        pass
    assert caught.value.cause == "config_mode"
    in_step(bench, session)
