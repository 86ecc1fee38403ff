"""The messages of a login, each sent once and its answer waited for with a deadline (RFC 4252, RFC 4256)."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable

import paramiko
from paramiko.auth_handler import AuthHandler
from paramiko.common import cMSG_USERAUTH_REQUEST
from paramiko.ssh_exception import BadAuthenticationType, PartialAuthentication

from runner.transport.classify import shown
from runner.transport.watch import Watch

Fill = Callable[[paramiko.Message], None]

_SECOND_FACTOR = re.compile(r"\b(verification|one[- ]time|otp|token|passcode|2fa|factor|authenticator|duo|code)\b", re.IGNORECASE)
"""Questions that a password does not answer, so that none is sent."""


class _Rejected(Exception):
    """The device's answer, where paramiko keeps no exception for it."""


class Attempt:
    """Each method returns None when the device let us in, else the exception that says why not.

    All raise SessionError (phase `auth`: `closed`, `timeout`, `second_factor`) and Stopped.
    """

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

    def key(self, blob: bytes, algorithm: str, sign: Callable[[bytes], bytes]) -> Exception | None:
        """Offer a key, with the signature over this session that proves it is ours."""

        def fill(message: paramiko.Message) -> None:
            message.add_boolean(True)
            message.add_string(algorithm)
            message.add_string(blob)
            session = paramiko.Message()
            session.add_string(self._transport.session_id or b"")
            message.add_string(sign(session.asbytes() + message.asbytes()))

        return self._request("publickey", fill)

    def interactive(self, password: str) -> Exception | None:
        """Answer the device's one question with the password."""
        used: list[str] = []

        def reply(title: str, instructions: str, prompts: list[tuple[str, bool]]) -> list[str]:
            answers = []
            for text, echo in prompts:
                if "do you accept" in text.lower():  # a login banner that has to be acknowledged
                    answers.append("yes")
                elif used or echo or _SECOND_FACTOR.search(text):
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
        if self._asked and not _is_refusal(self._asked[0], used):
            raise self._watch.error("second_factor", detail=f"'{shown(self._asked[0])}'")
        return refusal

    def _request(self, method: str, fill: Fill) -> Exception | None:
        answered = threading.Event()
        message = paramiko.Message()
        message.add_byte(cMSG_USERAUTH_REQUEST)
        message.add_string(self._username)
        message.add_string("ssh-connection")
        message.add_string(method)
        fill(message)
        self._handler.auth_event, self._handler.auth_method, self._handler.username = answered, method, self._username
        try:
            self._transport.packetizer.send_message(message)
        except (OSError, EOFError):
            raise self._watch.error("closed") from None
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


def _is_refusal(question: str, answered: list[str]) -> bool:
    """Whether a question that got no answer only says that the password before it was wrong."""
    return question in answered or ("assword" in question and not _SECOND_FACTOR.search(question))
