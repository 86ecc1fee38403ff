"""Who may log in to a device, and by which of SSH's methods: password, public key, keyboard-interactive."""

from __future__ import annotations

import asyncssh

from runner.lab.ledger import Entry
from runner.lab.personality import Node

Challenge = tuple[str, str, str, list[tuple[str, bool]]]
"""Title, instruction, language, and the questions with whether their answers are echoed."""


class Login:
    """The login of one connection, noted in the ledger before the client is told, so that nobody can count too early."""

    def __init__(self, node: Node, entry: Entry, attempts: int) -> None:
        self._node, self._entry, self._attempts = node, entry, attempts
        self._keys = {_body(text) for text in node.device.public_keys}
        self._password_right = False

    def takes_keys(self) -> bool:
        """Whether the method `publickey` is offered."""
        return bool(self._keys) and not self._by_questions_only

    def takes_passwords(self) -> bool:
        """Whether the method `password` is offered."""
        return self._node.device.password is not None and not self._by_questions_only

    def asks(self) -> bool:
        """Whether the method `keyboard-interactive` is offered."""
        return self._node.device.password is not None

    def knows(self, username: str, key: asyncssh.SSHKey) -> bool:
        """Whether a user's public key is let in, once its signature turns out to be right."""
        return username == self._node.device.username and _body(key.export_public_key().decode()) in self._keys

    def password(self, username: str, password: str) -> bool:
        """Whether a password is right and enough. Raises PermissionDenied after too many."""
        if not self._is_right(username, password):
            return False
        self._entry.authenticated()
        return True

    def question(self) -> Challenge:
        """The first question of `keyboard-interactive`."""
        self._password_right = False
        return _asking("Password: ")

    def answer(self, username: str, answers: list[str]) -> bool | Challenge:
        """The next question, or whether the answers were right. Raises PermissionDenied after too many passwords."""
        if len(answers) != 1:
            return False
        if not self._password_right:
            self._password_right = self._is_right(username, answers[0])
            if self._password_right and (question := self._node.faults.second_factor):
                return _asking(question)
            right = self._password_right
        else:
            right = answers[0] == self._node.device.code
        if right:
            self._entry.authenticated()
        return right

    @property
    def _by_questions_only(self) -> bool:
        return self._node.faults.interactive_only or bool(self._node.faults.second_factor)

    def _is_right(self, username: str, password: str) -> bool:
        tries, device = self._entry.password_tried(), self._node.device
        if (username, password) == (device.username, device.password) and not self._node.faults.reject_password:
            return True
        if tries >= self._attempts:
            raise asyncssh.PermissionDenied("Too many authentication failures")
        return False


def _asking(question: str) -> Challenge:
    return "", "", "", [(question, False)]


def _body(text: str) -> str:
    """Type and data of a public key in OpenSSH's form, without its comment."""
    return " ".join(text.split()[:2])
