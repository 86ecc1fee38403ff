"""A device as a jump host: connections forwarded to other loopback ports, counted while they are open."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

import asyncssh

LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Target(asyncssh.SSHForwarder):
    """The other end of a forwarded connection, which is not read before the channel is open: what came early would be lost."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.pause_reading()


class Forwarder(asyncssh.SSHForwarder):
    """The channel's end of a forwarded connection; `closed` is called once, before either end is let go."""

    def __init__(self, peer: Target, closed: Callable[[], None]) -> None:
        super().__init__(peer)
        self._target = peer
        self._closed: Callable[[], None] | None = closed

    def session_started(self) -> None:
        super().session_started()
        self._target.resume_reading()

    def close(self) -> None:
        closed, self._closed = self._closed, None
        if closed is not None:
            closed()
        super().close()


async def forward(host: str, port: int, lost: asyncio.Event, opened: Callable[[], Callable[[], None]]) -> asyncssh.SSHForwarder:
    """Connect to a loopback port for a client; given up when the client's own connection is `lost`.

    `opened` notes the forwarded connection and gives back what notes its end. Raises ChannelOpenError.
    """
    loop = asyncio.get_running_loop()
    connecting = loop.create_task(loop.create_connection(Target, host, port))
    leaving = loop.create_task(lost.wait())
    try:
        await asyncio.wait({connecting, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not connecting.done():
            raise asyncssh.ChannelOpenError(asyncssh.OPEN_CONNECT_FAILED, "the client has left")
        try:
            transport, peer = connecting.result()
        except OSError as error:
            raise asyncssh.ChannelOpenError(asyncssh.OPEN_CONNECT_FAILED, error.strerror or str(error)) from None
        if lost.is_set():
            transport.close()
            raise asyncssh.ChannelOpenError(asyncssh.OPEN_CONNECT_FAILED, "the client has left")
        return Forwarder(peer, opened())
    finally:
        for task in (connecting, leaving):
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(connecting, leaving, return_exceptions=True)


def refused(host: str) -> asyncssh.ChannelOpenError | None:
    """Why a device does not connect to this host, None when it does: it goes nowhere but to its own machine."""
    if host in LOOPBACK:
        return None
    return asyncssh.ChannelOpenError(asyncssh.OPEN_ADMINISTRATIVELY_PROHIBITED, "only loopback addresses can be reached")
