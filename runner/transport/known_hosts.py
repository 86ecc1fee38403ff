"""Files of known host keys in OpenSSH's format (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"), read once and kept in memory."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

SSH_PORT = 22


@dataclass(frozen=True, kw_only=True)
class KnownKey:
    """One key: its type as SSH names it, the key as it goes over the wire, and whether it was revoked."""

    type: str
    blob: bytes
    revoked: bool = False

    @property
    def fingerprint(self) -> str:
        """As `ssh-keygen -l` shows it."""
        return fingerprint(self.type, self.blob)


def fingerprint(key_type: str, blob: bytes) -> str:
    """`ED25519 SHA256:...`, the way OpenSSH shows a key."""
    family = key_type.removeprefix("ssh-").split("-")[0].upper()
    return f"{family} SHA256:{base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip('=')}"


def entry_name(host: str, port: int) -> str:
    """The name under which OpenSSH files a host."""
    return host.lower() if port == SSH_PORT else f"[{host.lower()}]:{port}"


class KnownHosts:
    """What is known. Lines that cannot be read are skipped and listed in `warnings`, missing files are empty.

    Not locked: `HostKeys` does that.
    """

    def __init__(self, files: Iterable[Path]) -> None:
        self.warnings: list[str] = []
        self._exact: dict[str, list[KnownKey]] = {}
        self._patterns: list[tuple[tuple[str, ...], KnownKey]] = []
        for file in files:
            self._load(file)

    def keys(self, host: str, port: int) -> list[KnownKey]:
        """The keys of a host. A key filed without a port is good for every port of the host, as in OpenSSH."""
        return list(self._find(host, port))

    def filed(self, host: str, port: int) -> list[KnownKey]:
        """Only the keys filed under exactly this host and port: those that a different key contradicts."""
        return list(self._named(entry_name(host, port)))

    def add(self, host: str, port: int, key: KnownKey) -> None:
        """Know one more key."""
        self._exact.setdefault(entry_name(host, port), []).append(key)

    def _find(self, host: str, port: int) -> Iterator[KnownKey]:
        yield from self._named(entry_name(host, port))
        if port != SSH_PORT:
            yield from self._named(host.lower())

    def _named(self, name: str) -> Iterator[KnownKey]:
        yield from self._exact.get(name, ())
        yield from (key for patterns, key in self._patterns if _matches(name, patterns))

    def _load(self, file: Path) -> None:
        try:
            lines = file.read_bytes().splitlines()
        except FileNotFoundError:
            return
        except OSError as problem:
            self.warnings.append(f"{file} cannot be read ({problem.strerror}): the host keys in it are not known")
            return
        for number, raw in enumerate(lines, 1):
            line = raw.decode("utf-8", "replace").strip()
            if line and not line.startswith("#") and not self._take(line):
                self.warnings.append(f"{file}:{number} holds no host key that can be used and was skipped")

    def _take(self, line: str) -> bool:
        fields = line.split()
        marker = fields.pop(0) if fields[0].startswith("@") else ""
        if len(fields) < 3 or marker not in ("", "@revoked"):  # certificate authorities of hosts are not supported
            return False
        try:
            blob = base64.b64decode(fields[2], validate=True)
        except (binascii.Error, ValueError):
            return False
        if not blob.startswith(len(fields[1]).to_bytes(4, "big") + fields[1].encode()):
            return False
        key = KnownKey(type=fields[1], blob=blob, revoked=bool(marker))
        names = tuple(name if name.startswith("|1|") else name.lower() for name in fields[0].split(","))
        if any(name.startswith(("|1|", "!")) or "*" in name or "?" in name for name in names):
            self._patterns.append((names, key))
        else:
            for name in names:
                self._exact.setdefault(name, []).append(key)
        return True


def _matches(name: str, patterns: tuple[str, ...]) -> bool:
    if any(pattern.startswith("!") and _glob(pattern[1:], name) for pattern in patterns):
        return False
    return any(_hashed(pattern, name) if pattern.startswith("|1|") else _glob(pattern, name) for pattern in patterns)


def _glob(pattern: str, name: str) -> bool:
    expression = "".join({"*": ".*", "?": "."}.get(char, re.escape(char)) for char in pattern)
    return re.fullmatch(expression, name) is not None


def _hashed(pattern: str, name: str) -> bool:
    try:
        _, _, salt, digest = pattern.split("|")
        expected = base64.b64decode(digest)
        return hmac.compare_digest(hmac.digest(base64.b64decode(salt), name.encode(), "sha1"), expected)
    except (binascii.Error, ValueError):
        return False


def append(file: Path, host: str, port: int, key: KnownKey) -> None:
    """Write a key behind the others, in one write, readable by its owner only when the file is new. Raises OSError."""
    line = f"{entry_name(host, port)} {key.type} {base64.b64encode(key.blob).decode()}\n"
    file.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        size = os.fstat(handle).st_size
        unfinished = size and os.pread(handle, 1, size - 1) != b"\n"
        os.write(handle, (("\n" if unfinished else "") + line).encode())
    finally:
        os.close(handle)
