"""Private keys of the user: read, opened with their pass phrase, and checked before the first connection."""

from __future__ import annotations

import io
import os
import stat
import threading
from collections.abc import Iterable
from pathlib import Path

import paramiko
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization as forms
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from runner.errors import InputError, Problem
from runner.secret import Secret
from runner.target import Target
from runner.transport.agent import agent_problem

LARGEST = 100_000
"""Bytes of a key file; what is larger is something else."""

_PUBLIC = (b"ssh-", b"ecdsa-", b"sk-", b"---- BEGIN SSH2 PUBLIC KEY", b"-----BEGIN PUBLIC KEY", b"-----BEGIN RSA PUBLIC KEY")
_KINDS: tuple[tuple[type, type[paramiko.PKey]], ...] = (
    (rsa.RSAPrivateKey, paramiko.RSAKey),
    (ed25519.Ed25519PrivateKey, paramiko.Ed25519Key),
    (ec.EllipticCurvePrivateKey, paramiko.ECDSAKey),
)


class Unusable(Exception):
    """A key file that cannot be used: why, and what to do. Never holds anything of the file's content."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


class KeyFiles:
    """The key files of a job, each read and opened once. Safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[tuple[Path, Secret | None], paramiko.PKey | Unusable] = {}

    def check(self, targets: Iterable[Target]) -> None:
        """Make sure that every key the targets and their jump hosts need is there.

        Raises InputError: one problem for each key file, or for the agent, with the hosts it holds for.
        """
        lacks: dict[tuple[str, str], dict[str, None]] = {}
        agent: tuple[str, str] | None = None
        for target in {hop.name: hop for each in targets for hop in _hops(each)}.values():
            problem = None
            if target.key_file is not None:
                found = self._once(target.key_file, target.passphrase)
                problem = (found.message, found.hint) if isinstance(found, Unusable) else None
            elif target.agent and target.password is None:
                agent = agent or agent_problem()
                problem = agent if agent[0] else None
            if problem:
                lacks.setdefault(problem, {})[target.name] = None
        if lacks:
            raise InputError([Problem(message=f"{_named(names)}: {message}", hint=hint) for (message, hint), names in lacks.items()])

    def get(self, target: Target) -> paramiko.PKey | None:
        """The key of the target's key file. Raises Unusable."""
        if target.key_file is None:
            return None
        found = self._once(target.key_file, target.passphrase)
        if isinstance(found, Unusable):
            raise found
        return found

    def _once(self, path: Path, passphrase: Secret | None) -> paramiko.PKey | Unusable:
        with self._lock:
            if (path, passphrase) not in self._known:
                try:
                    self._known[path, passphrase] = load_key(path, passphrase)
                except Unusable as error:
                    self._known[path, passphrase] = error
            return self._known[path, passphrase]


def load_key(path: Path, passphrase: Secret | None) -> paramiko.PKey:
    """A private key in OpenSSH's form or in PEM. Raises Unusable."""
    data = _read(path)
    try:
        loaded = _opened(path, data, passphrase)
    except UnsupportedAlgorithm:
        raise Unusable(f"the key in {path} is of a kind that is not supported", "use an Ed25519, ECDSA or RSA key, or an agent") from None
    kind = next((kind for form, kind in _KINDS if isinstance(loaded, form)), None)
    if kind is None:
        raise Unusable(f"the key in {path} is of a kind that is not supported", "use an Ed25519, ECDSA or RSA key")
    text = loaded.private_bytes(forms.Encoding.PEM, forms.PrivateFormat.OpenSSH, forms.NoEncryption()).decode()
    return kind.from_private_key(io.StringIO(text))


def _read(path: Path) -> bytes:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise Unusable(f"the key file {path} does not exist", "check `key_file` of the credential in your configuration") from None
    except OSError as error:
        raise Unusable(f"the key file {path} cannot be read: {error.strerror}", "check its rights") from None
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST:
            raise Unusable(f"{path} is no key file", "check `key_file` of the credential in your configuration")
        if status.st_mode & 0o077 and status.st_uid == os.getuid():  # as OpenSSH: others' files are others' business
            raise Unusable(f"others may read or write the key file {path} (mode {stat.S_IMODE(status.st_mode):04o})", f"chmod 600 {path}")
        return os.read(handle, LARGEST)
    finally:
        os.close(handle)


def _opened(path: Path, data: bytes, passphrase: Secret | None) -> PrivateKeyTypes:
    if data.lstrip().startswith(_PUBLIC):
        raise Unusable(f"{path} holds a public key", "name the private key, which usually has the same name without `.pub`")
    if data.startswith(b"PuTTY-User-Key-File"):
        raise Unusable(f"{path} is a key of PuTTY", f"convert it: puttygen {path} -O private-openssh -o NEW_FILE")
    if b"PRIVATE KEY-----" not in data:
        raise Unusable(f"{path} holds no private key", "check `key_file` of the credential in your configuration")
    load = forms.load_ssh_private_key if b"BEGIN OPENSSH PRIVATE KEY" in data else forms.load_pem_private_key
    try:
        return load(data, password=None)
    except TypeError:
        pass  # it is locked
    except ValueError:
        raise Unusable(f"the private key in {path} is damaged", "make it anew, or restore it from a copy") from None
    if passphrase is None:
        raise Unusable(f"the key in {path} is locked with a pass phrase", "add `passphrase` to the credential, or use an agent") from None
    try:
        return load(data, password=passphrase.reveal().encode())
    except (ValueError, TypeError):
        raise Unusable(f"the pass phrase does not open the key in {path}", "check `passphrase` of the credential") from None


def _hops(target: Target) -> Iterable[Target]:
    hop: Target | None = target
    while hop is not None:
        yield hop
        hop = hop.jump


def _named(names: dict[str, None]) -> str:
    first = next(iter(names))
    return first if len(names) == 1 else f"{first} and {len(names) - 1} more"
