"""Every way in which a device cannot be reached has its own phase, cause, one-line message and hint, in bounded time."""

from __future__ import annotations

import dataclasses
import logging
import time
from typing import Any

import pytest

from runner.errors import SessionError
from runner.secret import Secret
from runner.target import Limits, Target
from runner.transport.classify import failure
from tests.transport.conftest import Bench

SHORT = Limits(connect=0.7, command=1.0, close=0.3)
HTTP = b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\n\r\n"

# id: faults, phase, causes that are true, words of the message
ROWS: dict[str, tuple[dict[str, Any], set[str], set[str], str]] = {
    "f25_refused": ({"refuse": True}, {"tcp"}, {"refused"}, "refused"),
    "f25_black_hole": ({"hang_at": "tcp"}, {"tcp"}, {"timeout"}, "no answer in time"),
    "f25_no_banner": ({"hang_at": "banner"}, {"banner"}, {"no_banner"}, "says nothing"),
    "f25_http": ({"not_ssh": HTTP}, {"banner"}, {"not_ssh"}, "'HTTP/1.1 400 Bad Request'"),
    "f25_not_ssh_without_a_line_end": ({"not_ssh": b"220 mail"}, {"banner"}, {"not_ssh"}, "'220 mail'"),
    "f25_closed_before_banner": ({"close_at": "banner"}, {"banner"}, {"closed"}, "closed the connection before"),
    "f25_closed_after_banner": ({"close_at": "kex"}, {"host_key"}, {"closed"}, "SSH key exchange"),
    "f25_silent_after_banner": ({"hang_at": "kex"}, {"host_key"}, {"timeout"}, "SSH key exchange"),
    "f25_old_protocol": ({"not_ssh": b"SSH-1.5-old\r\n"}, {"banner"}, {"old_protocol"}, "no longer used"),
    "f24_wrong_password": ({"reject_password": True}, {"auth"}, {"rejected"}, "rejected user 'admin' or its password"),
    "f24_no_answer_to_the_login": ({"hang_at": "auth"}, {"auth"}, {"timeout"}, "no answer"),
    "f24_closed_at_the_login": ({"close_at": "auth"}, {"auth"}, {"closed"}, "closed the connection"),
    "f08_vty_full": ({"vty_full": True}, {"shell"}, {"no_session"}, "no free session"),
    "f08_no_shell": ({"hang_at": "shell"}, {"shell"}, {"timeout"}, "opens no shell"),
    "f08_closed_when_the_shell_is_asked_for": ({"close_at": "shell"}, {"shell"}, {"closed", "no_session"}, "session"),
    "f09_no_prompt": ({"hang_at": "prompt"}, {"prompt"}, {"no_prompt"}, "none was seen in time"),
    "f10_closed_at_login": ({"close_at": "prompt"}, {"shell", "prompt"}, {"closed"}, "closed the session at login"),
    "f22_changed_key": ({"other_host_key": True}, {"host_key"}, {"key_changed"}, "no password was sent"),
}


@pytest.mark.parametrize("row", ROWS)
def test_each_fault_has_its_own_words(bench: Bench, row: str, capfd: pytest.CaptureFixture[str]) -> None:
    faults, phases, causes, words = ROWS[row]
    bench.faults(**faults)
    session = bench.session(limits=SHORT)
    begun = time.monotonic()
    with pytest.raises(SessionError) as caught:
        session.connect()
    taken = time.monotonic() - begun
    error = caught.value
    assert error.phase in phases
    assert error.cause in causes
    assert words in error.message
    host, port = bench.fleet.address("r1")
    assert f"{host}:{port}" in error.message
    assert error.unreachable
    assert "\n" not in error.message
    assert "\n" not in error.hint
    assert error.hint
    assert "admin" not in error.message.replace("user 'admin'", "")
    assert taken < SHORT.connect + SHORT.close + 2.0
    assert capfd.readouterr().err == ""


def test_f24_a_wrong_password_is_sent_once(bench: Bench) -> None:
    bench.faults(reject_password=True)
    with pytest.raises(SessionError):
        bench.session().connect()
    (record,) = bench.fleet.sessions("r1")
    assert record.password_attempts == 1


def test_f22_no_password_goes_to_a_device_with_another_key(bench: Bench) -> None:
    bench.faults(other_host_key=True)
    with pytest.raises(SessionError) as caught:
        bench.session().connect()
    (record,) = bench.fleet.sessions("r1")
    assert record.password_attempts == 0
    assert caught.value.message.count("SHA256:") == 2


@pytest.mark.parametrize("fault", [{"close_at": "prompt"}, {"close_at": "auth"}, {"close_at": "kex"}, {"vty_full": True}], ids=str)
def test_f10_a_device_that_closes_is_not_waited_for(bench: Bench, fault: dict[str, Any]) -> None:
    bench.faults(**fault)
    begun = time.monotonic()
    with pytest.raises(SessionError):
        bench.session(limits=Limits(connect=60.0)).connect()
    assert time.monotonic() - begun < 10.0


def test_f08_five_refused_shells_leave_nothing(bench: Bench) -> None:
    bench.faults(vty_full=True)
    for _ in range(5):
        session = bench.session()
        with pytest.raises(SessionError):
            session.connect()
        assert session.close_confirmed
    assert bench.fleet.wait_idle()
    assert bench.fleet.counters().peak == 1


def test_f18_a_banner_full_of_prompt_characters(bench: Bench) -> None:
    bench.faults(banner="#####\r\n> do not\r\n# enter >\r\nr1#\r\n$ %\r\n", login_delay=0.3)
    session = bench.connected()
    assert "UTC" in session.send("show clock").output
    session.close()


@pytest.mark.parametrize(("platform", "words"), [(None, "is not given"), ("nosuch", "'nosuch'"), ("cisco_ios_telnet", "telnet")], ids=str)
def test_f20e_an_unknown_platform_is_told_before_anything_is_sent(bench: Bench, platform: str | None, words: str) -> None:
    with pytest.raises(SessionError, match="platform") as caught:
        bench.session(dataclasses.replace(bench.target(), platform=platform)).connect()
    assert caught.value.cause == "unknown_platform"
    assert words in caught.value.message
    assert bench.fleet.counters().total == 0


def test_f24_no_password_at_all(bench: Bench) -> None:
    with pytest.raises(SessionError) as caught:
        bench.session(dataclasses.replace(bench.target(), password=None)).connect()
    assert (caught.value.phase, caught.value.cause) == ("auth", "no_password")
    assert bench.fleet.sessions("r1")[0].password_attempts == 0


def test_f61_the_password_is_nowhere_in_error_or_log(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    wrong: Target = dataclasses.replace(bench.target(), password=Secret("s3cr3t-canary"))
    with pytest.raises(SessionError) as caught:
        bench.session(wrong).connect()
    everything = f"{caught.value!r} {caught.value.message} {caught.value.hint} {caught.value.output} {caplog.text}"
    assert "canary" not in everything


PLACES = [
    ("127.0.0.1:20001", True),
    ("127.0.3.1:20001", True),
    ("[::1]:20001", True),
    ("jump host r1 localhost:20001", True),
    ("127.0.0.1:22", False),
    ("192.0.2.1:20001", False),
    ("[2001:db8::1]:20001", False),
    ("127.0.0.1.example.net:20001", False),
    ("r1:20001", False),
]


@pytest.mark.parametrize(("place", "local"), PLACES, ids=[row[0] for row in PLACES])
def test_a_refusal_on_this_machine_speaks_of_the_lab(place: str, local: bool) -> None:
    assert ("nornir-playbook lab up" in failure("tcp", "refused", place, {}).hint) is local
    assert "lab up" not in failure("tcp", "timeout", place, {}).hint
