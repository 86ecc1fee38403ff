"""Which of netmiko's arguments an inventory may set (`extras`), and why the others are refused."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from runner.documents.suggest import did_you_mean

Check = tuple[str, Callable[[Any], bool]]
"""What is expected, in words, and whether a value is that."""


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 86_400


def _is_encoding(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(codecs.lookup(value))
    except LookupError:
        return False


def _is_algorithms(value: Any) -> bool:
    return isinstance(value, Mapping) and all(
        isinstance(kind, str) and isinstance(names, list) and all(isinstance(name, str) for name in names) for kind, names in value.items()
    )


_NUMBER: Check = ("a number from 0 to 86400", _is_number)
_SWITCH: Check = ("true or false", lambda value: isinstance(value, bool))
_TEXT: Check = ("text", lambda value: isinstance(value, str))

ALLOWED: Mapping[str, Check] = {
    "conn_timeout": _NUMBER,
    "auth_timeout": _NUMBER,
    "banner_timeout": _NUMBER,
    "blocking_timeout": _NUMBER,
    "session_timeout": _NUMBER,
    "timeout": _NUMBER,
    "read_timeout_override": _NUMBER,
    "keepalive": _NUMBER,
    "global_delay_factor": _NUMBER,
    "global_cmd_verify": _SWITCH,
    "fast_cli": _SWITCH,
    "disable_lf_normalization": _SWITCH,
    "disable_sha2_fix": _SWITCH,
    "disabled_algorithms": ("lists of names by kind, as { pubkeys: [ssh-rsa] }", _is_algorithms),
    "default_enter": _TEXT,
    "response_return": _TEXT,
    "encoding": ("the name of a character encoding, such as utf-8", _is_encoding),
}
"""Netmiko's arguments that only shape the talk with the device."""

_HOST_KEYS = "host keys are checked by us: use --host-keys and --known-hosts"
_KEYS = "a key file or the agent belongs to a [credentials.NAME] of your own configuration; write `credential: NAME` here"
_LEVEL = "write it one level up, beside `extras`"

REFUSED: Mapping[str, str] = {
    "ssh_config_file": "an SSH configuration can run programs on this machine; write hostname, port and username in the inventory",
    "session_log": "it writes passwords into a file anywhere; use --session-log",
    "session_log_file_mode": "it belongs to session_log, which writes passwords into a file anywhere; use --session-log",
    "session_log_record_writes": "it belongs to session_log, which writes passwords into a file anywhere; use --session-log",
    "sock": "the connection is made by us; write hostname and port",
    "sock_telnet": "only SSH is supported",
    "serial_settings": "only SSH is supported",
    "use_keys": _KEYS,
    "key_file": _KEYS,
    "pkey": _KEYS,
    "passphrase": _KEYS,
    "allow_agent": _KEYS,
    "ssh_strict": _HOST_KEYS,
    "system_host_keys": _HOST_KEYS,
    "alt_host_keys": _HOST_KEYS,
    "alt_key_file": _HOST_KEYS,
    "username": _LEVEL,
    "password": _LEVEL,
    "port": _LEVEL,
    "host": "write `hostname` one level up, beside `extras`",
    "ip": "write `hostname` one level up, beside `extras`",
    "device_type": "write `platform` one level up, beside `extras`",
    "verbose": "it prints into the output; use -v",
    "auto_connect": "the session is opened by us",
    "allow_auto_change": "it lets netmiko change the device at login",
}
"""Netmiko's arguments that an inventory may not set: each with the reason and what to use instead."""


def extras_problems(extras: Mapping[Any, Any]) -> Iterator[tuple[str, str, str]]:
    """What is wrong with `extras`: key, message and hint. The enable secret (`secret`) is a login value and not looked at here."""
    for key, value in extras.items():
        if key == "secret":
            continue
        if key in REFUSED:
            yield key, f"'{key}' cannot be set in an inventory", REFUSED[key]
        elif key not in ALLOWED:
            hint = did_you_mean(str(key), ALLOWED) or f"allowed: {', '.join(ALLOWED)}"
            yield key, f"'{key}' is not one of the netmiko arguments an inventory may set", hint
        elif not ALLOWED[key][1](value):
            yield key, f"'{key}' must be {ALLOWED[key][0]}", ""
