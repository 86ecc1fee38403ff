"""Connections that never become SSH: silent, closed at once, or something else altogether."""

from __future__ import annotations

import asyncio
import contextlib
import socket

from runner.lab.faults import Faults

LINGER = 5.0
"""Seconds that a client gets to notice the end of file before the connection is dropped."""


def is_raw(faults: Faults) -> bool:
    """True when a connection must not reach the SSH server."""
    return faults.not_ssh is not None or faults.hang_at in ("banner", "kex") or faults.close_at in ("banner", "kex")


async def serve(sock: socket.socket, faults: Faults, version: str) -> None:
    """Answer one accepted connection as the faults say; returns when it is to be closed."""
    banner = f"SSH-2.0-{version}\r\n".encode()
    with contextlib.suppress(OSError):
        if faults.not_ssh is not None:
            await _say_and_end(sock, faults.not_ssh)
        elif faults.close_at is not None:
            await _say_and_end(sock, banner if faults.close_at == "kex" else b"")
        else:
            await asyncio.get_running_loop().sock_sendall(sock, banner if faults.hang_at == "kex" else b"")
            await _read_to_end(sock)


async def _say_and_end(sock: socket.socket, data: bytes) -> None:
    """Send, then end of file; what the client sent is read first, or the kernel would throw our bytes away with a reset."""
    await asyncio.get_running_loop().sock_sendall(sock, data)
    sock.shutdown(socket.SHUT_WR)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(_read_to_end(sock), LINGER)


async def _read_to_end(sock: socket.socket) -> None:
    while await asyncio.get_running_loop().sock_recv(sock, 4096):
        pass
