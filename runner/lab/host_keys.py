"""The fleet's SSH host keys: made fresh, or kept in a file between runs."""

from __future__ import annotations

import functools
import os
from pathlib import Path

import asyncssh

from runner.lab.errors import LabError
from runner.lab.faults import Faults

ALGORITHM = "ssh-ed25519"
OLD_ALGORITHM = "ssh-rsa"


class HostKeys:
    """The keys of a fleet: the true one, one that nobody knows, and an RSA key for old devices, made when the first one needs it."""

    def __init__(self, true: asyncssh.SSHKey) -> None:
        self._true, self._other = true, fresh()

    @functools.cached_property
    def _old(self) -> asyncssh.SSHKey:
        return asyncssh.generate_private_key(OLD_ALGORITHM, key_size=2048)

    def true(self, faults: Faults) -> asyncssh.SSHKey:
        """The key that `known_hosts` has of a device with these faults."""
        return self._old if faults.old_algorithms else self._true

    def of(self, faults: Faults) -> asyncssh.SSHKeyPair:
        """The key that a device with these faults shows."""
        if not faults.old_algorithms:
            return _pair(self._other if faults.other_host_key else self._true)
        pair = _pair(asyncssh.generate_private_key(OLD_ALGORITHM, key_size=2048) if faults.other_host_key else self._old)
        pair.host_key_algorithms = [OLD_ALGORITHM.encode()]  # an RSA key would sign with newer hashes as well
        return pair


def _pair(key: asyncssh.SSHKey) -> asyncssh.SSHKeyPair:
    return asyncssh.load_keypairs([key])[0]


def fresh() -> asyncssh.SSHKey:
    """A key that nobody has seen."""
    return asyncssh.generate_private_key(ALGORITHM)


def read(path: Path) -> asyncssh.SSHKey:
    """The key of a file. Raises LabError."""
    try:
        return asyncssh.read_private_key(path)
    except (OSError, asyncssh.KeyImportError) as error:
        raise LabError(f"the host key {path} cannot be read: {error}", hint="delete it, and a new one is made") from error


def kept(path: Path) -> asyncssh.SSHKey:
    """The key of a file, which is made (mode 0600, its folder 0700) when it is not there. Raises LabError."""
    if path.exists():
        return read(path)
    key = fresh()
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(key.export_private_key())
    except OSError as error:
        raise LabError(f"the host key {path} cannot be written: {error.strerror}", hint="name a folder you may write to") from error
    return key


def known_hosts_line(key: asyncssh.SSHKey, host: str, port: int) -> str:
    """The line of a known_hosts file, without its newline."""
    algorithm, public = key.export_public_key().decode().split()[:2]
    return f"[{host}]:{port} {algorithm} {public}"
