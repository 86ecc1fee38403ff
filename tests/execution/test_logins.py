"""The gate before logins and the attempts behind it: accounts are not locked, servers not flooded, passing troubles outlived."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from runner.errors import Phase, SessionError, Stopped
from runner.events import ConnectRetried, Event, HostFinished, HostHeldBack, HostStarted
from runner.execution.control import Control
from runner.execution.logins import HeldBack, Logins
from runner.secret import Secret
from runner.states import HostStatus
from runner.target import Limits, Target
from tests.execution.scenario import Scenario

TARGET = Target(name="r1", hostname="192.0.2.1", username="admin", password=Secret("right"))
PLAY = "- hosts: all\n  batch_size: 0\n  {}\n  tasks: [commands: show clock]\n"


def error(phase: Phase, cause: str) -> SessionError:
    return SessionError(f"{phase} {cause}", phase=phase, cause=cause)


REFUSED = error("auth", "rejected")
OUTCOMES = [
    # outcomes of attempts one after the other -> whether the next one is held back, with a limit of 2
    ("two refusals", [REFUSED, REFUSED], True),
    ("one refusal", [REFUSED], False),
    ("a success resets", [REFUSED, None, REFUSED], False),
    ("in a row after a success", [None, REFUSED, REFUSED], True),
    ("an error behind the login is a success", [REFUSED, error("prompt", "no_prompt"), REFUSED], False),
    ("no privileged mode is a success", [REFUSED, error("auth", "enable_rejected"), REFUSED], False),
    ("what never came to a login does not count", [REFUSED, error("tcp", "refused"), error("host_key", "unknown_key")], False),
    ("and does not reset", [REFUSED, error("banner", "closed"), REFUSED], True),
    ("a login that was not tried", [error("auth", "no_password")] * 3, False),
    ("a login nobody answered", [error("auth", "timeout")] * 3, False),
]


@pytest.mark.parametrize(("outcomes", "held"), [row[1:] for row in OUTCOMES], ids=[row[0] for row in OUTCOMES])
def test_refusals_in_a_row(outcomes: list[SessionError | None], held: bool) -> None:
    logins = Logins(Control())
    for each in outcomes:
        with logins.attempt(TARGET, 2) as outcome:
            outcome(each)
    if held:
        with pytest.raises(HeldBack, match=r"2 logins in a row as 'admin' .* limit 2 \(max_auth_failures\)"), logins.attempt(TARGET, 2):
            pass
    else:
        with logins.attempt(TARGET, 2):
            pass
    assert bool(logins.reason) == held


def test_other_credentials_are_not_held_back() -> None:
    logins = Logins(Control())
    with logins.attempt(TARGET, 1) as outcome:
        outcome(REFUSED)
    with logins.attempt(replace(TARGET, password=Secret("other")), 1), logins.attempt(replace(TARGET, username="other"), 1):
        pass


def test_an_attempt_that_ends_without_an_outcome_frees_its_place() -> None:
    logins = Logins(Control())
    with pytest.raises(KeyError), logins.attempt(TARGET, 1):
        raise KeyError
    with logins.attempt(TARGET, 1):
        pass


def test_a_wait_at_the_gate_ends_with_a_stop() -> None:
    control = Control()
    logins = Logins(control)
    with logins.attempt(TARGET, 1):
        timer = threading.Timer(0.05, control.stop, ["enough"])
        timer.start()
        with pytest.raises(Stopped), logins.attempt(TARGET, 1):
            pass
        timer.join()


def test_f28_logins_are_spaced_by_the_rate() -> None:
    """By the gate's own clock, which stands still: three at once are to wait 0, 0.5 and 1 seconds."""
    waits: list[float] = []

    class Counting(Control):
        def wait(self, seconds: float, *, new_host: bool = False, grace: float = 0.0) -> None:
            waits.append(seconds)

    logins = Logins(Counting(), rate=2, clock=lambda: 100.0)
    for _ in range(3):
        with logins.attempt(TARGET, 3):
            pass
    assert waits == [0.0, 0.5, 1.0]


def test_f24_with_a_wrong_password_for_all_no_more_are_tried_than_the_limit(tmp_path: Path) -> None:
    tried: list[int] = []

    def rejected() -> None:
        tried.append(1)
        raise error("auth", "rejected")

    run = Scenario(tmp_path, hosts=20, opens=dict.fromkeys((f"r{n}" for n in range(1, 21)), rejected))
    run.run(PLAY.format("max_auth_failures: 3"))
    assert len(tried) == 3
    assert len(run.told(HostStarted)) == len(run.told(HostFinished)) == 3
    assert len(run.told(HostHeldBack)) == 17 and "max_auth_failures" in run.told(HostHeldBack)[0].reason
    assert run.logins.reason


def test_f24_until_one_login_has_succeeded_only_as_many_are_under_way(tmp_path: Path) -> None:
    lock, under_way, most = threading.Lock(), [0], [0]
    second = threading.Event()

    def opens() -> None:
        with lock:
            under_way[0] += 1
            most[0] = max(most[0], under_way[0])
            if under_way[0] == 2:
                second.set()
        assert second.wait(10)
        with lock:
            under_way[0] -= 1
        raise error("tcp", "refused")

    run = Scenario(tmp_path, hosts=8, opens=dict.fromkeys((f"r{n}" for n in range(1, 9)), opens))
    run.run(PLAY.format("max_auth_failures: 2"))
    assert most[0] == 2 and len(run.told(HostFinished)) == 8


RETRIES = [
    # error of each attempt, retries allowed -> attempts, state
    ("tcp", [error("tcp", "refused")] * 2, 2, 3, HostStatus.OK),
    ("banner", [error("banner", "no_banner")], 1, 2, HostStatus.OK),
    ("VTY full", [error("shell", "no_session")], 1, 2, HostStatus.OK),
    ("no retries", [error("tcp", "refused")], 0, 1, HostStatus.UNREACHABLE),
    ("too few", [error("tcp", "timeout")] * 3, 2, 3, HostStatus.UNREACHABLE),
    ("F24: never a login", [error("auth", "rejected")], 5, 1, HostStatus.UNREACHABLE),
    ("F22: never a key", [error("host_key", "key_changed")], 5, 1, HostStatus.UNREACHABLE),
    ("not the prompt", [error("prompt", "no_prompt")], 5, 1, HostStatus.UNREACHABLE),
    ("not a shell that is refused", [error("shell", "failed")], 5, 1, HostStatus.UNREACHABLE),
    ("not what is no SSH", [error("banner", "not_ssh")], 5, 1, HostStatus.UNREACHABLE),
    ("then the login", [error("tcp", "refused"), error("auth", "rejected")], 5, 2, HostStatus.UNREACHABLE),
]


@pytest.mark.parametrize(("errors", "retries", "attempts", "status"), [row[1:] for row in RETRIES], ids=[row[0] for row in RETRIES])
def test_only_what_may_pass_is_tried_again(
    tmp_path: Path, errors: list[SessionError], retries: int, attempts: int, status: HostStatus
) -> None:
    left, made = list(errors), []

    def opens() -> None:
        made.append(run.connections["r1"])
        assert [each.closed for each in made[:-1]] == [1] * (len(made) - 1), "F03: the one before is closed at the device"
        if left:
            raise left.pop(0)

    run = Scenario(tmp_path, opens={"r1": opens})
    run.run(PLAY.format(f"connect_retries: {retries}"))
    assert len(made) == attempts and len({id(each) for each in made}) == attempts
    assert run.told(HostFinished)[0].status is status
    assert [event.attempt for event in run.told(ConnectRetried)] == [*range(1, attempts)]
    assert len(run.told(HostStarted)) == 1 and made[-1].closed == 1


def test_the_wait_between_attempts_ends_with_a_stop(tmp_path: Path) -> None:
    def opens() -> None:
        raise error("tcp", "refused")

    run = Scenario(tmp_path, opens={"r1": opens}, delay=600.0)

    def watch(event: Event) -> None:
        if isinstance(event, ConnectRetried):
            threading.Timer(0.05, run.control.stop, ["enough"]).start()

    run.watch = watch
    run.run(PLAY.format("connect_retries: 9"))
    assert run.told(HostFinished)[0].status is HostStatus.STOPPED


def test_the_time_of_the_host_ends_the_attempts(tmp_path: Path) -> None:
    def opens() -> None:
        raise error("tcp", "refused")

    run = Scenario(tmp_path, opens={"r1": opens}, delay=600.0, limits=Limits(host=60.0))
    run.run(PLAY.format("connect_retries: 9"))
    assert run.told(HostFinished)[0].status is HostStatus.UNREACHABLE and not run.told(ConnectRetried)
