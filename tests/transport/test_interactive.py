"""F24: questions of keyboard-interactive: the password answers one, and never one that asks for something else."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from runner.errors import SessionError
from runner.secret import Secret
from runner.target import Limits
from runner.transport.connection import GuardedNetmiko
from runner.transport.host_keys import HostKeys
from tests.transport.scripted import Login, cisco, server

LIMITS = Limits(connect=5.0, command=5.0, close=1.0)


@pytest.mark.parametrize("question", ["Password: ", "Passwort:", "admin@r1's password:", "Enter PASSWORD", "> "])
def test_a_password_is_what_one_silent_question_gets(question: str) -> None:
    login = Login(password=False, questions=(question,))
    with server(cisco, login) as target:
        session = GuardedNetmiko(target, LIMITS, HostKeys("ignore"), threading.Event())
        session.connect()
        session.close()
    assert login.tried == ["interactive admin"]


@pytest.mark.parametrize(
    "questions",
    [
        ("Verification code: ",),
        ("One-time password (OATH) for `admin': ",),
        ("Enter your OTP: ",),
        ("Password: ", "Verification code: "),
        ("Duo two-factor login: ",),
        ("PASSCODE: ",),
    ],
)
def test_a_second_factor_is_named_and_no_password_is_sent(questions: tuple[str, ...]) -> None:
    login = Login(password=False, questions=questions)
    with server(cisco, login) as target:
        session = GuardedNetmiko(replace(target, password=Secret("canary-1")), LIMITS, HostKeys("ignore"), threading.Event())
        with pytest.raises(SessionError) as caught:
            session.connect()
        session.close()
    error = caught.value
    assert (error.phase, error.cause) == ("auth", "second_factor")
    assert f"the device asks for more than it was given: '{questions[-1].strip()}'" in error.message
    assert "canary" not in error.message + error.hint + error.output
    assert login.tried == []
