"""SSH servers that let in by key, forward connections, speak old algorithms or listen on ::1; each notes what came to it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, cast

import asyncssh

from runner.lab.background import Background
from runner.secret import Secret
from runner.target import Target
from tests.transport.scripted import Reader, Writer, cisco, free_sockets, stopped


@dataclass
class Door:
    """What a server accepts, and what it saw.

    Arguments:
        keys: public keys that are let in.
        needs: methods that are all needed, in order; empty = one is enough.
        forwards: connections to other places are made; a text is the refusal's words.
    """

    password: str | None = "admin"
    keys: list[asyncssh.SSHKey] = field(default_factory=list)
    needs: tuple[str, ...] = ()
    forwards: bool | str = False
    tried: list[str] = field(default_factory=list)
    forwarded: list[tuple[str, int]] = field(default_factory=list)
    open: int = 0
    opened: int = 0
    most: int = 0
    dropped: list[asyncssh.SSHServerConnection] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def count(self, step: int) -> None:
        with self.changed:
            self.open += step
            self.opened += step > 0
            self.most = max(self.most, self.open)
            self.changed.notify_all()

    def wait_closed(self) -> bool:
        with self.changed:
            return self.changed.wait_for(lambda: self.open == 0, 5)


class _Connection(asyncssh.SSHServer):
    def __init__(self, door: Door) -> None:
        self._door, self._passed = door, list[str]()

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._conn = conn
        self._door.dropped.append(conn)
        self._door.count(1)

    def connection_lost(self, exc: Exception | None) -> None:
        self._door.count(-1)

    def _offered(self, method: str) -> bool:
        left = [each for each in self._door.needs if each not in self._passed]
        return not left or left[0] == method

    def password_auth_supported(self) -> bool:
        return self._door.password is not None and self._offered("password")

    def validate_password(self, username: str, password: str) -> bool:
        self._door.tried.append(f"password {password}")
        return password == self._door.password

    def public_key_auth_supported(self) -> bool:
        return bool(self._door.keys) and self._offered("publickey")

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        self._door.tried.append(f"key {key.get_fingerprint()}")
        return key.public_data in [known.public_data for known in self._door.keys]

    def connection_requested(self, dest_host: str, dest_port: int, orig_host: str, orig_port: int) -> bool:
        if isinstance(self._door.forwards, str):
            code = asyncssh.OPEN_ADMINISTRATIVELY_PROHIBITED if "prohibited" in self._door.forwards else asyncssh.OPEN_CONNECT_FAILED
            raise asyncssh.ChannelOpenError(code, self._door.forwards)
        if self._door.forwards:
            self._door.forwarded.append((dest_host, dest_port))
        return self._door.forwards


def port_on(host: str) -> socket.socket:
    """A listening socket on a free port of a loopback address."""
    if host == "127.0.0.1":
        return next(free_sockets())
    sock = socket.socket(socket.AF_INET6)
    sock.bind((host, 0))
    sock.listen()
    sock.setblocking(False)
    return sock


@contextmanager
def door(accepts: Door, name: str = "r1", *, host: str = "127.0.0.1", **options: Any) -> Iterator[Target]:
    """Serves a device of a few lines behind it; gives the target, with the right password if there is one."""
    background, sock = Background(f"door-{name}"), port_on(host)

    async def shell(stdin: Reader, stdout: Writer, stderr: Writer) -> None:
        with suppress(OSError, asyncssh.Error):
            await cisco(stdin, stdout, prompt=f"{name}#".encode())
        cast(asyncssh.SSHServerChannel[bytes], stdout.channel).exit(0)

    async def start() -> asyncssh.SSHAcceptor:
        key = asyncssh.generate_private_key(options.pop("host_key", "ssh-ed25519"))
        return await asyncssh.listen(
            sock=sock,
            server_factory=lambda: _Connection(accepts),
            session_factory=shell,
            server_host_keys=[key],
            encoding=None,
            line_editor=False,
            **options,
        )

    acceptor = background.call(start())
    try:
        password = Secret(accepts.password) if accepts.password else None
        port = sock.getsockname()[1]
        yield Target(name=name, hostname=host, port=port, username="admin", password=password, platform="cisco_ios")
    finally:
        background.call(stopped(acceptor))
        background.stop()


def drop(accepts: Door) -> None:
    """Cut every connection from the server's side."""
    for connection in accepts.dropped:
        connection._loop.call_soon_threadsafe(connection.abort)
    assert accepts.wait_closed()
