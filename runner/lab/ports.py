"""Loopback ports: taking them, finding free ones, and naming who has a busy one."""

from __future__ import annotations

import contextlib
import random
import socket
from pathlib import Path

from runner.lab.errors import LabError

HOST = "127.0.0.1"
HOST6 = "::1"
FREE_RANGE = range(21000, 32000)
"""Below the range from which Linux gives ports to outgoing connections, so that these cannot take ours."""


def checked(host: str) -> str:
    """A loopback address that this machine has. Raises LabError."""
    if host not in (HOST, HOST6):
        raise LabError(f"the lab does not listen on {host}", hint=f"it listens on loopback addresses only: {HOST} or {HOST6}")
    try:
        _bound(0, host).close()
    except OSError as error:
        raise LabError(f"this machine has no address {host}", hint=f"use {HOST}") from error
    return host


def listen(port: int, host: str = HOST) -> socket.socket:
    """A listening socket. Raises OSError when the port is busy."""
    return _listening(port, host, backlog=256)


def reserve(port: int, host: str = HOST) -> socket.socket:
    """A socket that holds the port without listening: whoever connects is refused, and nobody else can take it."""
    sock = _bound(port, host)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)  # not shared; on a listening socket its sessions would inherit this
    return sock


def black_hole(port: int, host: str = HOST) -> list[socket.socket]:
    """Sockets that leave every further connection to this port without any answer: its queue is full and never read."""
    held = [_listening(port, host, backlog=0)]
    for _ in range(2):  # the queue of length 0 takes one; a second one that stays half open shows that it is full
        filler = socket.socket(_family(host))
        filler.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            filler.connect((host, port))
        held.append(filler)
    return held


def _listening(port: int, host: str, backlog: int) -> socket.socket:
    sock = _bound(port, host)
    try:
        sock.listen(backlog)
    except OSError:
        sock.close()
        raise
    return sock


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _bound(port: int, host: str) -> socket.socket:
    sock = socket.socket(_family(host))
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # sessions of a moment ago do not keep us out
        sock.bind((host, port))
    except OSError:
        sock.close()
        raise
    return sock


def fixed(first: int, count: int, host: str = HOST) -> list[socket.socket]:
    """Listening sockets on `count` ports from `first` on. Raises LabError that names the port which is busy, and by whom."""
    if first < 1 or first + count > 65536:
        raise LabError(f"ports {first} to {first + count - 1} do not exist", hint="choose a first port between 1024 and 32000")
    taken: list[socket.socket] = []
    for port in range(first, first + count):
        try:
            taken.append(listen(port, host))
        except OSError as error:
            for sock in taken:
                sock.close()
            raise LabError(_busy(port, host, error), hint="stop that process, or choose another one with --first-port") from error
    return taken


def free(count: int, host: str = HOST) -> list[socket.socket]:
    """Listening sockets on `count` free ports."""
    start = random.randrange(len(FREE_RANGE))  # noqa: S311  # only spreads fleets that start at the same time
    taken: list[socket.socket] = []
    for step in range(len(FREE_RANGE)):
        if len(taken) == count:
            return taken
        with contextlib.suppress(OSError):
            taken.append(listen(FREE_RANGE[(start + step) % len(FREE_RANGE)], host))
    for sock in taken:
        sock.close()
    raise LabError(f"only {len(taken)} of {count} ports are free", hint="use fewer devices")


def _busy(port: int, host: str, error: OSError) -> str:
    owner = owner_of(port)
    if isinstance(error, PermissionError):
        return f"port {port} on {host} may not be used by this user"
    return f"port {port} on {host} is already in use" + (f" by {owner}" if owner else "")


def owner_of(port: int) -> str | None:
    """`name (pid 123)` of the process that listens on a port, where /proc shows it to us."""
    inodes = {f"socket:[{inode}]" for inode in _inodes(port)}
    if not inodes:
        return None
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # not ours to look into, or gone
            for descriptor in (process / "fd").iterdir():
                with contextlib.suppress(OSError):
                    if str(descriptor.readlink()) in inodes:
                        return f"{(process / 'comm').read_text().strip()} (pid {process.name})"
    return None


def _inodes(port: int) -> set[str]:
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(OSError):
            for line in Path(table).read_text().splitlines()[1:]:
                local, state, inode = (line.split()[field] for field in (1, 3, 9))
                if int(local.rpartition(":")[2], 16) == port and state == "0A" and inode != "0":
                    found.add(inode)
    return found
