"""The SSH side of one session: login, channel and shell, each where the faults may strike."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import cast

import asyncssh

from runner.lab import host_keys
from runner.lab.faults import Faults
from runner.lab.forward import forward, refused
from runner.lab.ledger import Entry
from runner.lab.login import Challenge, Login
from runner.lab.personality import Node, Personality
from runner.lab.shell import Shell, silence
from runner.lab.terminal import Terminal

LOGIN_TIMEOUT = 600  # a hanging device must outlive any client's deadline
LINGER = 2.0
"""Seconds that a client gets to answer the close of a channel."""
OLD_ALGORITHMS = {
    "kex_algs": ["diffie-hellman-group14-sha1", "diffie-hellman-group1-sha1"],
    "encryption_algs": ["aes128-cbc"],
    "mac_algs": ["hmac-sha1"],
}
NO_INPUT = (asyncssh.TerminalSizeChanged, asyncssh.BreakReceived, asyncssh.SignalReceived)

Channel = asyncssh.SSHServerChannel[bytes]
Streams = Callable[[asyncssh.SSHReader[bytes], asyncssh.SSHWriter[bytes], asyncssh.SSHWriter[bytes]], Awaitable[None]]
Forwarding = Awaitable[asyncssh.SSHTCPSession[bytes]]
Requested = bool | tuple[Channel, Streams] | tuple[Channel, Awaitable[asyncssh.SSHServerSession[bytes]]]


class Server(asyncssh.SSHServer):
    """Decides about one connection and notes it in the ledger."""

    def __init__(self, node: Node, personality: Personality, entry: Entry) -> None:
        self._node, self._personality, self._entry = node, personality, entry
        self._login = Login(node, entry, personality.password_attempts)
        self._connection: asyncssh.SSHServerConnection | None = None
        self._shells: set[asyncio.Task[object]] = set()
        self._lost = asyncio.Event()

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn

    def connection_lost(self, exc: Exception | None) -> None:
        self._lost.set()

    async def begin_auth(self, username: str) -> bool:
        if self._node.faults.hang_at == "auth":
            await silence()
        if self._node.faults.close_at == "auth":
            self._cut()
        if self._connection is not None and (text := self._node.faults.login_banner):
            self._connection.send_auth_banner(text.replace("\n", "\r\n"))
        return True

    def auth_completed(self) -> None:
        self._entry.authenticated()  # by key; the other methods have noted it before the client was told

    def public_key_auth_supported(self) -> bool:
        return self._login.takes_keys()

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return self._login.knows(username, key)

    def password_auth_supported(self) -> bool:
        if self._connection is not None:  # asked whenever a method has failed: clients that begin anew for the next one may, as with sshd
            self._connection._next_service = b"ssh-userauth"
        return self._login.takes_passwords()

    def validate_password(self, username: str, password: str) -> bool:
        return self._login.password(username, password)

    def kbdint_auth_supported(self) -> bool:
        return self._login.asks()

    def get_kbdint_challenge(self, username: str, lang: str, submethods: str) -> Challenge:
        return self._login.question()

    def validate_kbdint_response(self, username: str, responses: Sequence[str]) -> bool | Challenge:
        return self._login.answer(username, list(responses))

    def connection_requested(self, dest_host: str, dest_port: int, orig_host: str, orig_port: int) -> Forwarding:
        if not self._node.device.jump:
            raise asyncssh.ChannelOpenError(asyncssh.OPEN_ADMINISTRATIVELY_PROHIBITED, "forwarding is switched off")
        if (problem := refused(dest_host)) is not None:
            raise problem
        note = functools.partial(self._entry.forwarded, dest_host, dest_port)
        return cast(Forwarding, forward(dest_host, dest_port, self._lost, note))

    def session_requested(self) -> Requested:
        faults, connection = self._node.faults, self._connection
        if faults.vty_full or connection is None:
            return False
        if faults.close_at == "shell":
            self._cut()
            return False
        channel: Channel = connection.create_server_channel(encoding=None)
        return (channel, self._never()) if faults.hang_at == "shell" else (channel, self._shell)

    async def _never(self) -> asyncssh.SSHServerSession[bytes]:
        await silence()
        raise AssertionError("silence ended")

    async def _shell(self, stdin: asyncssh.SSHReader[bytes], stdout: asyncssh.SSHWriter[bytes], _: asyncssh.SSHWriter[bytes]) -> None:
        channel = cast(Channel, stdout.channel)
        if task := asyncio.current_task():
            self._shells.add(task)
        terminal = Terminal(stdin, stdout, lambda: self._node.faults, self._lost, NO_INPUT)
        shell = Shell(self._node, self._personality, terminal, self._entry, self._cut)
        command = channel.get_command()
        with contextlib.suppress(OSError, asyncssh.Error):
            status = await (shell.converse() if command is None else shell.run_one(command))
            channel.exit(status or 0)
            await asyncio.wait_for(channel.wait_closed(), LINGER)
        if self._connection is not None:
            self._connection.close()

    async def drop(self) -> None:
        """Close our end if it still is open, and let the shells note what they were told before it was."""
        if self._connection is not None:
            self._connection.abort()
            await self._connection.wait_closed()
        if self._shells:
            _, late = await asyncio.wait(self._shells, timeout=LINGER)
            for task in late:
                task.cancel()

    def _cut(self) -> None:
        if self._connection is not None:
            self._connection.abort()


async def serve(
    sock: socket.socket, entry: Entry, node: Node, personality: Personality, options: asyncssh.SSHServerConnectionOptions
) -> None:
    """Hold one session on an accepted socket, which is closed when this returns or is cancelled."""
    server = Server(node, personality, entry)
    own = await asyncssh.SSHServerConnectionOptions.construct(options, server_factory=lambda: server)
    try:
        connection = await asyncssh.run_server(sock, options=own)
        await connection.wait_closed()
    except (OSError, asyncssh.Error):
        pass  # the client's mistake or its departure: what a device shrugs off
    finally:
        await server.drop()
        sock.close()


class ServerOptions:
    """How devices introduce themselves: made once for each platform and kind of fault, because making them takes milliseconds."""

    def __init__(self, keys: host_keys.HostKeys) -> None:
        self._keys = keys
        self._made: dict[tuple[str, bool, bool], asyncssh.SSHServerConnectionOptions] = {}

    async def of(self, personality: Personality, faults: Faults) -> asyncssh.SSHServerConnectionOptions:
        """The options for the next session of a device."""
        which = personality.name, faults.other_host_key, faults.old_algorithms
        if which not in self._made:
            self._made[which] = await asyncssh.SSHServerConnectionOptions.construct(
                server_host_keys=[self._keys.of(faults)],
                server_version=personality.version,
                encoding=None,
                line_editor=False,
                login_timeout=LOGIN_TIMEOUT,
                gss_host=None,
                agent_forwarding=False,
                **(OLD_ALGORITHMS if faults.old_algorithms else {}),
            )
        return self._made[which]
