"""The user's SSH agent: which keys it holds, and signatures by them, without ever waiting for it forever."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Sequence

import paramiko
from paramiko.agent import AgentKey, AgentSSH

PATIENCE = 5.0
"""Seconds that an agent has to say which keys it holds. A signature may take longer: some ask a person first."""


class SshAgent(AgentSSH):
    """A connection to the agent that `SSH_AUTH_SOCK` names. Belongs to one thread; close it."""

    def __init__(self) -> None:
        """Raises OSError or SSHException: there is none, or it does not answer."""
        super().__init__()
        path = os.environ.get("SSH_AUTH_SOCK", "")
        if not path:
            raise FileNotFoundError("SSH_AUTH_SOCK is not set")
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        sock.settimeout(PATIENCE)
        try:
            sock.connect(path)
            self._connect(sock)  # type: ignore[attr-defined]  # unknown to the stubs
        except BaseException:
            sock.close()
            raise
        sock.settimeout(None)
        self._sock = sock

    def held(self) -> Sequence[AgentKey]:
        """The keys in the agent's order."""
        return self.get_keys()

    def close(self) -> None:
        """Let go of it; a signature under way ends with an error."""
        with contextlib.suppress(OSError):  # it may be gone already
            self._sock.shutdown(socket.SHUT_RDWR)
        self._close()  # type: ignore[attr-defined]  # as above


def agent_problem() -> tuple[str, str]:
    """Why the agent cannot be used for logins, as a message and a hint; two empty texts when it can."""
    start = "start one with `eval $(ssh-agent)`, and `ssh-add`"
    try:
        agent = SshAgent()
    except FileNotFoundError:
        return "no SSH agent is running", start
    except (OSError, paramiko.SSHException) as error:
        return f"the SSH agent does not answer ({type(error).__name__})", start
    try:
        return ("", "") if agent.held() else ("the SSH agent holds no key", "add one with `ssh-add`")
    finally:
        agent.close()
