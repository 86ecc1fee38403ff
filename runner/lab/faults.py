"""What can be wrong with a simulated device: one frozen record, changeable at run time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

HangAt = Literal["tcp", "banner", "kex", "auth", "shell", "prompt", "command"]
CloseAt = Literal["banner", "kex", "auth", "shell", "prompt", "command"]


@dataclass(frozen=True, kw_only=True)
class Faults:
    """All optional; the default is a healthy device. Read at each step, so a change holds for what comes next.

    Attributes:
        refuse: nothing listens on the port, which stays reserved.
        hang_at: the phase from which on the device is silent. `tcp`: the connection itself is never answered (a black hole;
            nothing is accepted, so nothing is counted). `banner`: accepted, no SSH banner. `kex`: banner, no key exchange.
            `auth`: no answer to the login. `shell`: logged in, the channel is never opened. `prompt`: a shell, no prompt.
            `command`: commands are echoed and never answered (session commands such as `terminal length` are).
        close_at: the phase in which the device closes. `banner`: accepted and closed. `kex`: banner sent, closed. `auth`: at the
            login. `shell`: logged in, closed when the channel is asked for. `prompt`: shell opened, closed before a prompt.
            `command`: closed in the middle of an output.
        not_ssh: these bytes instead of an SSH banner, then end of file.
        other_host_key: another host key than the one `known_hosts` has.
        old_algorithms: offers only key exchange and ciphers that today's clients refuse.
        reject_password: no password is right.
        vty_full: the login succeeds, every channel is refused.
        login_delay: seconds before the first prompt.
        banner: text before the first prompt (a message of the day).
        slow: seconds added to each command (session commands excepted).
        flood: bytes added to each output; `math.inf` never ends.
        chunk: everything is sent in packets of at most this many bytes, `delay_chunks` seconds apart.
        raw_output: command -> exactly these bytes as its output, never paged.
        error_on: commands answered with the platform's message for an invalid command.
        hang_on_exit: told to leave, or left by the client, the device keeps the TCP connection open, and its session counts,
            until the faults are changed or the fleet stops.
    """

    refuse: bool = False
    hang_at: HangAt | None = None
    close_at: CloseAt | None = None
    not_ssh: bytes | None = None
    other_host_key: bool = False
    old_algorithms: bool = False
    reject_password: bool = False
    vty_full: bool = False
    login_delay: float = 0.0
    banner: str = ""
    slow: float = 0.0
    flood: float = 0
    chunk: int = 0
    delay_chunks: float = 0.0
    raw_output: Mapping[str, bytes] = field(default_factory=dict)
    error_on: frozenset[str] | set[str] = frozenset()
    hang_on_exit: bool = False
