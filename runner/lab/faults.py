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
        old_algorithms: offers only what today's clients refuse unless told otherwise: key exchange with group 1 or 14 and SHA-1, an
            RSA host key that signs with SHA-1, AES in CBC mode, HMAC-SHA1.
        reject_password: no password is right.
        interactive_only: no method but keyboard-interactive is offered for the login; it asks for the password.
        second_factor: keyboard-interactive only, and after the right password this is asked (`Verification code: `); the right
            answer is the device's `code`.
        vty_full: the login succeeds, every channel is refused.
        login_delay: seconds before the first prompt.
        banner: text before the first prompt (a message of the day).
        login_banner: text sent before the login, by SSH's own message for that.
        slow: seconds added to each command (session commands excepted).
        flood: bytes added to each output; `math.inf` never ends.
        chunk: everything is sent in packets of at most this many bytes, `delay_chunks` seconds apart.
        raw_output: command -> exactly these bytes as its output, never paged.
        error_on: commands answered with the platform's message for an invalid command.
        hang_on_exit: told to leave, or left by the client, the device keeps the TCP connection open, and its session counts,
            until the faults are changed or the fleet stops.
        close_at_line: the connection is cut right after this many lines of configuration of a session (counted from 1, refused
            ones too) were received; this last one is applied, its echo is all that is answered.
        hang_at_line: this line of configuration of a session is received and echoed, neither applied nor answered.
        confirm_on: command -> question that it asks before doing its work. One that ends in `[confirm]` takes a single key (Enter
            or y goes on), any other one a line (empty, y or yes goes on).
        prompt_in_output: every output of a show command has a line in its middle that is the device's prompt, sent as a packet of
            its own, and a pause after it.
        no_config: entering configuration mode is refused.
        commit_fails: a commit is refused; the candidate stays.
        refuse_save: the configuration cannot be saved.
        noisy: a line of the system's log that comes a moment after configuration mode was left, behind the prompt.
    """

    refuse: bool = False
    hang_at: HangAt | None = None
    close_at: CloseAt | None = None
    not_ssh: bytes | None = None
    other_host_key: bool = False
    old_algorithms: bool = False
    reject_password: bool = False
    interactive_only: bool = False
    second_factor: str = ""
    vty_full: bool = False
    login_delay: float = 0.0
    banner: str = ""
    login_banner: str = ""
    slow: float = 0.0
    flood: float = 0
    chunk: int = 0
    delay_chunks: float = 0.0
    raw_output: Mapping[str, bytes] = field(default_factory=dict)
    error_on: frozenset[str] | set[str] = frozenset()
    hang_on_exit: bool = False
    close_at_line: int | None = None
    hang_at_line: int | None = None
    confirm_on: Mapping[str, str] = field(default_factory=dict)
    prompt_in_output: bool = False
    no_config: bool = False
    commit_fails: bool = False
    refuse_save: bool = False
    noisy: str = ""
