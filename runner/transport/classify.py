"""The words of every failure of a session: one sentence and one hint for each phase and cause."""

from __future__ import annotations

import re
from collections.abc import Mapping

from runner.errors import Phase, SessionError

SHOWN = 120
"""Characters of a device's own text that fit into a message."""
LINES = 5
"""Lines of the last output that an error carries."""

_SUBJECTS: dict[Phase, str] = {
    "dns": "name resolution of {place}",
    "tcp": "TCP connection to {place}",
    "banner": "SSH banner of {place}",
    "host_key": "SSH key exchange with {place}",
    "auth": "login to {place}",
    "shell": "shell on {place}",
    "prompt": "first prompt of {place}",
    "command": "session with {place}",
    "disconnect": "disconnect from {place}",
}

_SLOW = "if the device is just slow, raise --connect-timeout"
_VTY = "its VTY lines may all be in use: `show users`"
_ACL = "an access list may not let this machine in"
_LAB = "if the simulated fleet is meant, start it: nornir-playbook lab up; else check the port"
_SYSTEM_PORTS = 1024
_PLATFORM = "check that 'platform' in the inventory is what the device is"

_TEXTS: dict[tuple[Phase, str], tuple[str, str]] = {
    ("dns", "not_found"): ("the name is not known", "check 'hostname' in the inventory, or give an address instead of a name"),
    ("dns", "bad_name"): ("this is not a valid host name", "check 'hostname' in the inventory"),
    ("dns", "resolver_failed"): ("the resolver failed: {detail}", "check the name servers of this machine"),
    ("dns", "dns_timeout"): ("the resolver gave no answer in time", "check the name servers of this machine, or give an address"),
    ("dns", "unknown_platform"): (
        "platform {detail} is unknown or not reached over SSH",
        "give the host a 'platform' that netmiko knows, such as cisco_ios",
    ),
    ("tcp", "refused"): ("refused, nothing listens on this port", "check the port, and that the device's SSH server is enabled"),
    ("tcp", "no_route"): ("there is no route to this address", "check the address and the routing of this machine"),
    ("tcp", "timeout"): ("no answer in time", "check the address, that the device is up, and firewalls on the way"),
    ("tcp", "closed"): ("the connection was reset while it was opened", _ACL),
    ("tcp", "no_descriptors"): ("this process has no file descriptor left", "raise `ulimit -n`, or use a smaller batch"),
    ("tcp", "forwarding_refused"): (
        "jump host {hop} does not forward to it: {detail}",
        "allow TCP forwarding to this address on the jump host, for this user",
    ),
    ("tcp", "not_forwarded"): ("jump host {hop} could not connect: {detail}", "check 'hostname' and 'port', as the jump host sees them"),
    ("tcp", "failed"): ("{detail}", "check the address and the network of this machine"),
    ("banner", "no_banner"): ("the connection is open but the device says nothing", f"it may be overloaded; {_SLOW}"),
    ("banner", "not_ssh"): ("something other than SSH answers: {detail}", "check the port"),
    ("banner", "closed"): ("the device closed the connection before it sent one", f"{_ACL}, or {_VTY}"),
    ("banner", "old_protocol"): ("the device speaks a version of SSH that is no longer used", "switch it to SSH version 2"),
    ("host_key", "no_common_algorithm"): (
        "no common algorithm, the device offers only: {detail}",
        "update its software or its SSH settings",
    ),
    ("host_key", "closed"): ("the device closed the connection in the middle of it", _ACL),
    ("host_key", "timeout"): ("it did not end in time", f"the device may be overloaded; {_SLOW}"),
    ("host_key", "failed"): ("it failed: {detail}", "try `ssh -v` to the device"),
    ("host_key", "unknown_key"): (
        "its key is not known: {key}",
        "compare the fingerprint with the device's, then run again with --host-keys accept-new, or: {accept}",
    ),
    ("host_key", "key_changed"): (
        "its key is not the known one, no password was sent: got {key}, known is {known}",
        "someone may be in between; if the device was replaced: {remove}, then accept the new key",
    ),
    ("host_key", "revoked_key"): ("its key is marked as revoked: {key}", "it must not be used any more: give the device a new one"),
    ("auth", "rejected"): ("the device rejected user {user}", "check the user name and the {means}"),
    ("auth", "no_password"): ("the device wants a password and none is known", "give the host a password, or use --ask-pass"),
    ("auth", "key_unusable"): ("{detail}", "check the credential in your configuration"),
    ("auth", "no_method"): (
        "the device offers no login that is prepared for this host, only: {detail}",
        "give the host what it takes: a `password`, or a `credential` with `key_file` or `agent`",
    ),
    ("auth", "second_factor"): (
        "the device asks for more than it was given: {detail}",
        "use an account that needs only a password, a key, or both",
    ),
    ("auth", "closed"): ("the device closed the connection in the middle of it", "check its logs: the account may be locked"),
    ("auth", "timeout"): ("no answer to it in time", "the device may be waiting for its AAA server"),
    ("auth", "enable_rejected"): ("the device did not grant privileged mode{said}", "check 'secret', or --ask-enable"),
    ("shell", "no_session"): ("the device has no free session", _VTY),
    ("shell", "closed"): ("the device closed the session at login", _VTY),
    ("shell", "timeout"): ("the device accepted the login but opens no shell", f"{_VTY}; {_SLOW}"),
    ("shell", "failed"): ("the device refused a terminal: {detail}", "check that this user may open a shell"),
    ("prompt", "no_prompt"): ("none was seen in time", f"{_PLATFORM}; {_SLOW}"),
    ("prompt", "closed"): ("the device closed the session at login", _VTY),
    ("prompt", "failed"): ("the session could not be set up: {detail}", _PLATFORM),
    ("command", "command_timeout"): (
        "no prompt in {seconds} s after {doing}",
        "{seen}; if the command is just slow, raise --command-timeout",
    ),
    ("command", "closed"): ("the device closed the session in the middle of {doing}", "{seen}"),
    ("command", "output_limit"): ("{doing} gave more than {limit} bytes and did not end", "narrow the command down"),
    ("command", "out_of_step"): (
        "the device sent more after the prompt that seemed to end a command: {detail}",
        "its output holds a line that looks like the prompt: the outputs of this session cannot be trusted",
    ),
    ("command", "paging"): ("{doing} is shown page by page: {detail}", f"paging could not be switched off; {_PLATFORM}"),
    ("command", "unexpected_question"): ("{doing} asks a question: {detail}", "declare it with 'prompt' and 'answer' if it is wanted"),
    ("command", "no_echo"): ("the device did not echo {doing}", "{seen}; whether it took it is not known"),
    ("command", "secret"): ("{doing} was not sent: {detail}", "put the secret variable into the line as it is, without filters"),
    ("command", "config_mode"): ("the device does not enter configuration mode{detail}", "check what this user may do on the device"),
    ("command", "config_mode_left"): ("the device did not leave configuration mode{detail}", "{seen}"),
    ("command", "not_discarded"): (
        "changes that were not committed may still wait on the device{detail}",
        "look at its candidate configuration, and throw it away there",
    ),
    ("command", "broken"): ("it was lost earlier: {detail}", ""),
}

_HOST_TIMEOUT = ("the time for this host is over{during}", "if that is too short for this play, raise --host-timeout")

_HOP_LOST = ("the connection to jump host {hop} was lost{during}", "check the jump host; the next host connects to it anew")

_ANY_PHASE = {"host_timeout": _HOST_TIMEOUT, "hop_lost": _HOP_LOST}

_LATE: dict[Phase, str] = {"dns": "dns_timeout", "banner": "no_banner", "prompt": "no_prompt", "command": "command_timeout"}


def late(phase: Phase) -> str:
    """The cause when the connect deadline passes in this phase."""
    return _LATE.get(phase, "timeout")


def failure(phase: Phase, cause: str, place: str, details: Mapping[str, object], *, output: str = "", hint: str = "") -> SessionError:
    """The error for a phase and a cause.

    Arguments:
        details: what the sentence is filled in with; device text in it must have gone through `shown`.
        output: the last output of the device, unescaped; its last line becomes part of some hints.
        hint: replaces the usual one.
    """
    sentence, usual = _ANY_PHASE.get(cause) or _TEXTS.get((phase, cause), (cause.replace("_", " "), ""))
    seen = shown(output.strip().rpartition("\n")[2])
    words = {
        **details,
        "during": f" in the middle of {details['doing']}" if details.get("doing") else "",
        "seen": f"last seen: '{seen}'" if seen else "nothing was seen of it",
    }
    subject = _SUBJECTS["command" if cause == "unknown_platform" else phase].format(place=place)
    message = f"{subject}: {sentence.format(**words)}"
    hint = hint or (_LAB if (phase, cause) == ("tcp", "refused") and _is_rehearsal(place) else usual.format(**words))
    return SessionError(message, phase=phase, cause=cause, hint=hint, output=_end(output))


def _is_rehearsal(place: str) -> bool:
    """Whether the simulated fleet could be meant: on this machine, at a port that no system program has."""
    host, _, port = place.rpartition(" ")[2].rpartition(":")
    local = re.fullmatch(r"127(?:\.\d{1,3}){3}|\[::1\]|localhost", host)
    return bool(local) and port.isdigit() and int(port) > _SYSTEM_PORTS


def _end(output: str) -> str:
    return "\n".join(output.strip().splitlines()[-LINES:])


def shown(text: str, most: int = SHOWN) -> str:
    """Text from a device, safe in a message: one line, not long, with nothing in it that a terminal would act on."""
    plain = "".join(char if char.isprintable() else _escape(char) for char in text.strip()[: most + 1])
    return f"{plain[:most]}..." if len(plain) > most else plain


def _escape(char: str) -> str:
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:  # a byte that was not UTF-8
        return f"\\x{code - 0xDC00:02x}"
    return char.encode("unicode_escape").decode("ascii")


def place_of(host: str, port: int) -> str:
    """`host:port` as people write it, with brackets around an IPv6 address."""
    return f"[{host}]:{port}" if ":" in host else f"{shown(host, 80)}:{port}"
