"""One login with one password: the device is asked what it accepts first, so that nothing is ever sent twice."""

from __future__ import annotations

import threading
from collections.abc import Callable

import paramiko
from paramiko.auth_handler import AuthHandler
from paramiko.common import cMSG_USERAUTH_REQUEST
from paramiko.ssh_exception import BadAuthenticationType, PartialAuthentication

from runner.transport.classify import shown
from runner.transport.watch import Watch

Fill = Callable[[paramiko.Message], None]


def log_in(transport: paramiko.Transport, username: str, password: str | None, watch: Watch) -> None:
    """Log in by password, or by keyboard-interactive where the device offers only that; exactly one attempt.

    The method `none` goes first, as OpenSSH's client does it: its refusal carries the list of methods (RFC 4252, section 5.2).
    Paramiko instead sends the password and, when that method is refused, sends it again by the other one.

    Raises SessionError of the phase `auth`, and Stopped.
    """
    watch.phase = "auth"
    attempt = _Attempt(transport, username, watch)
    refusal = attempt.ask()
    if refusal is None:
        return
    methods = refusal.allowed_types if isinstance(refusal, BadAuthenticationType) else ["password"]
    if password is None:
        raise watch.error("no_password", user=shown(username))
    if "password" in methods:
        refusal = attempt.password(password)
    elif "keyboard-interactive" in methods:
        refusal = attempt.interactive(password)
    else:
        raise watch.error("no_method", detail=shown(", ".join(methods)))
    if isinstance(refusal, PartialAuthentication):
        raise watch.error("second_factor", detail=shown(", ".join(refusal.allowed_types)))
    if refusal is not None:
        raise watch.error("rejected", user=f"'{shown(username)}'")


class _Rejected(Exception):
    """The device's answer, where paramiko keeps no exception for it."""


class _Attempt:
    """The messages of a login. Each returns None when the device let us in, else the exception that says why not."""

    def __init__(self, transport: paramiko.Transport, username: str, watch: Watch) -> None:
        self._transport, self._username, self._watch = transport, username, watch
        self._handler = transport.auth_handler = AuthHandler(transport)
        self._asked: list[str] = []

    def ask(self) -> Exception | None:
        """Try to get in without anything; the refusal says what is needed."""
        answered = threading.Event()
        self._handler.auth_none(self._username, answered)
        return self._answer(answered)

    def password(self, password: str) -> Exception | None:
        """Send the password."""

        def fill(message: paramiko.Message) -> None:
            message.add_boolean(False)
            message.add_string(password)

        return self._request("password", fill)

    def interactive(self, password: str) -> Exception | None:
        """Answer the device's one question with the password."""
        used: list[str] = []

        def reply(title: str, instructions: str, prompts: list[tuple[str, bool]]) -> list[str]:
            answers = []
            for text, echo in prompts:
                if "do you accept" in text.lower():  # a login banner that has to be acknowledged
                    answers.append("yes")
                elif used or echo:
                    self._asked.append(text)
                    raise paramiko.SSHException("one password is all there is")
                else:
                    used.append(text)
                    answers.append(password)
            return answers

        def fill(message: paramiko.Message) -> None:
            message.add_string("")
            message.add_string("")

        self._handler.interactive_handler = reply
        refusal = self._request("keyboard-interactive", fill)
        if self._asked and "assword" not in self._asked[0]:
            raise self._watch.error("second_factor", detail=f"'{shown(self._asked[0])}'")
        return refusal

    def _request(self, method: str, fill: Fill) -> Exception | None:
        answered = threading.Event()
        self._handler.auth_event, self._handler.auth_method, self._handler.username = answered, method, self._username
        message = paramiko.Message()
        message.add_byte(cMSG_USERAUTH_REQUEST)
        message.add_string(self._username)
        message.add_string("ssh-connection")
        message.add_string(method)
        fill(message)
        self._transport.packetizer.send_message(message)
        return self._answer(answered)

    def _answer(self, answered: threading.Event) -> Exception | None:
        self._watch.wait(answered, alive=self._transport.is_active)
        if self._handler.is_authenticated():
            return None
        refusal = self._transport.get_exception()
        if isinstance(refusal, BadAuthenticationType | PartialAuthentication):
            return refusal
        if self._asked or self._handler.username is None:  # a refusal clears the name, also when the device closes right after it
            return _Rejected()
        raise self._watch.error("closed")
