"""A TCP connection that a jump host makes for us (RFC 4254, section 7.2), with the jump host's own words when it does not."""

from __future__ import annotations

import functools

import paramiko
from paramiko.ssh_exception import ChannelException

from runner.transport.algorithms import GuardedTransport
from runner.transport.watch import Watch
from runner.transport.work import Work

_PROHIBITED = 1  # RFC 4254, section 5.1
_ORIGIN = ("127.0.0.1", 0)  # where the connection comes from; nobody looks at it

_CAUSES = {
    "refused": "refused",
    "route": "no_route",
    "unreachable": "no_route",
    "timed out": "timeout",
    "timeout": "timeout",
    "not known": "not_found",
    "no such host": "not_found",
    "no address": "not_found",
}
"""Words in what servers say about a connection that they could not make; OpenSSH's are those of the system's errors."""


class Refused(Exception):
    """The jump host did not forward: the cause as in `classify`, and its own words."""

    def __init__(self, cause: str, words: str) -> None:
        super().__init__(words)
        self.cause, self.words = cause, words


def forwarded(transport: paramiko.Transport, host: str, port: int, watch: Watch) -> paramiko.Channel:
    """A channel to `host`, whose name the jump host looks up. Raises Refused, SessionError and Stopped."""
    open_channel = functools.partial(transport.open_channel, "direct-tcpip", (host, port), _ORIGIN)
    try:
        return Work("ssh-forward", functools.partial(_opened, transport, open_channel), paramiko.Channel.close).outcome(watch)
    except ChannelException as problem:
        words = problem.text
        if problem.code == _PROHIBITED:
            raise Refused("forwarding_refused", words) from None
        cause = next((cause for part, cause in _CAUSES.items() if part in words.lower()), "not_forwarded")
        raise Refused(cause, words) from None
    except (paramiko.SSHException, OSError, EOFError):
        raise watch.error("closed") from None


def _opened(transport: paramiko.Transport, open_channel: functools.partial[paramiko.Channel]) -> paramiko.Channel:
    try:
        return open_channel()
    except paramiko.SSHException as problem:
        refusal = transport.refusal_of_this_thread() if isinstance(transport, GuardedTransport) else None
        raise refusal or problem from None
