"""F27: old algorithms are refused as OpenSSH refuses them, the error says what the device offers, and a host can opt in."""

from __future__ import annotations

import socket
import subprocess
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import paramiko
import pytest

from runner.errors import SessionError
from runner.target import Limits, Target
from runner.transport.algorithms import OLD, GuardedTransport
from runner.transport.connection import GuardedNetmiko
from runner.transport.host_keys import HostKeys
from tests.transport.doors import Door, door
from tests.user.programs import needed

pytestmark = pytest.mark.filterwarnings("ignore:Diffie-Hellman over finite fields")  # the servers use what they are asked to
LIMITS = Limits(connect=5.0, command=5.0, close=1.0)
OPTIONS = {"kex": "kex_algs", "ciphers": "encryption_algs", "macs": "mac_algs"}
WORDS = {"kex": "key exchange", "ciphers": "cipher", "macs": "MAC"}


def options_of(offered: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """asyncssh's options for a server that offers these."""
    return {OPTIONS[kind]: list(names) for kind, names in offered.items()}


def connect(target: Target) -> SessionError | None:
    session = GuardedNetmiko(target, LIMITS, HostKeys("ignore"), threading.Event())
    try:
        session.connect()
    except SessionError as error:
        return error
    finally:
        session.close()
    return None


SINGLE = [(kind, name) for kind, names in OLD.items() for name in names if kind != "keys"]


@pytest.mark.parametrize(("kind", "name"), SINGLE, ids=[name for _, name in SINGLE])
def test_f27_each_old_algorithm_needs_the_opt_in(kind: str, name: str) -> None:
    accepts = Door()
    with door(accepts, **options_of({kind: [name]})) as target:
        error = connect(target)
        assert error is not None
        assert (error.phase, error.cause) == ("host_key", "no_common_algorithm")
        assert f"the device offers only: {WORDS[kind]} {name}" in error.message
        assert "write `legacy_algorithms: true` at r1 in the inventory" in error.hint
        assert accepts.tried == []
        assert connect(replace(target, legacy_algorithms=True)) is None


def test_f27_everything_old_at_once_is_told_at_once() -> None:
    offered = {"kex": ["diffie-hellman-group1-sha1"], "ciphers": ["3des-cbc"], "macs": ["hmac-md5"]}
    with door(Door(), **options_of(offered)) as target:
        error = connect(target)
        assert error is not None
        assert "key exchange diffie-hellman-group1-sha1; cipher 3des-cbc; MAC hmac-md5" in error.message
        assert connect(replace(target, legacy_algorithms=True)) is None


def test_f27_what_nobody_speaks_any_more_has_no_opt_in() -> None:
    with door(Door(), **options_of({"ciphers": ["arcfour"]})) as target:
        for asked in (target, replace(target, legacy_algorithms=True)):
            error = connect(asked)
            assert error is not None
            assert "cipher arcfour" in error.message
            assert "legacy_algorithms" not in error.hint


def transport(legacy: bool) -> GuardedTransport:
    ours, theirs = socket.socketpair()
    theirs.close()
    made = GuardedTransport(ours, legacy=legacy)
    ours.close()
    return made


@pytest.mark.parametrize(
    ("kind", "keyword"), [("kex", "kexalgorithms"), ("keys", "hostkeyalgorithms"), ("ciphers", "ciphers"), ("macs", "macs")]
)
def test_f27_by_default_nothing_is_offered_that_openssh_does_not(kind: str, keyword: str) -> None:
    shown = subprocess.run([needed("ssh", "openssh-client"), "-F", "none", "-G", "x"], capture_output=True, text=True, check=True).stdout
    theirs = next(line.split()[1] for line in shown.splitlines() if line.startswith(f"{keyword} ")).split(",")
    ours = set(getattr(transport(False), f"preferred_{kind}")) - {"mlkem768x25519-sha256"}  # newer than many an OpenSSH
    assert ours <= set(theirs)


@pytest.mark.parametrize("kind", OLD)
def test_old_algorithms_come_last(kind: str) -> None:
    name = f"_preferred_{kind}"
    assert getattr(transport(True), name) == (*getattr(transport(False), name), *OLD[kind])


def test_nothing_of_paramiko_is_changed() -> None:
    before = dict(paramiko.Transport._kex_info), paramiko.Transport._preferred_kex  # type: ignore[attr-defined]  # not in the stubs
    transport(True)
    assert (dict(paramiko.Transport._kex_info), paramiko.Transport._preferred_kex) == before  # type: ignore[attr-defined]  # as above
