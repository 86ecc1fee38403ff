"""Loopback ports: taking them, finding free ones, and naming who has a busy one."""

from __future__ import annotations

import contextlib
import random
import socket
from pathlib import Path

from runner.lab.errors import LabError

HOST = "127.0.0.1"
FREE_RANGE = range(21000, 32000)
"""Below the range from which Linux gives ports to outgoing connections, so that these cannot take ours."""


def listen(port: int) -> socket.socket:
    """A listening socket. Raises OSError when the port is busy."""
    return _listening(port, backlog=256)


def reserve(port: int) -> socket.socket:
    """A socket that holds the port without listening: whoever connects is refused, and nobody else can take it."""
    sock = _bound(port)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)  # not shared; on a listening socket its sessions would inherit this
    return sock


def black_hole(port: int) -> list[socket.socket]:
    """Sockets that leave every further connection to this port without any answer: its queue is full and never read."""
    held = [_listening(port, backlog=0)]
    for _ in range(2):  # the queue of length 0 takes one; a second one that stays half open shows that it is full
        filler = socket.socket()
        filler.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            filler.connect((HOST, port))
        held.append(filler)
    return held


def _listening(port: int, backlog: int) -> socket.socket:
    sock = _bound(port)
    try:
        sock.listen(backlog)
    except OSError:
        sock.close()
        raise
    return sock


def _bound(port: int) -> socket.socket:
    sock = socket.socket()
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # sessions of a moment ago do not keep us out
        sock.bind((HOST, port))
    except OSError:
        sock.close()
        raise
    return sock


def fixed(first: int, count: int) -> list[socket.socket]:
    """Listening sockets on `count` ports from `first` on. Raises LabError that names the port which is busy, and by whom."""
    if first < 1 or first + count > 65536:
        raise LabError(f"ports {first} to {first + count - 1} do not exist", hint="choose a first port between 1024 and 32000")
    taken: list[socket.socket] = []
    for port in range(first, first + count):
        try:
            taken.append(listen(port))
        except OSError as error:
            for sock in taken:
                sock.close()
            raise LabError(_busy(port, error), hint="stop that process, or choose another one with --first-port") from error
    return taken


def free(count: int) -> list[socket.socket]:
    """Listening sockets on `count` free ports."""
    start = random.randrange(len(FREE_RANGE))  # noqa: S311  # only spreads fleets that start at the same time
    taken: list[socket.socket] = []
    for step in range(len(FREE_RANGE)):
        if len(taken) == count:
            return taken
        with contextlib.suppress(OSError):
            taken.append(listen(FREE_RANGE[(start + step) % len(FREE_RANGE)]))
    for sock in taken:
        sock.close()
    raise LabError(f"only {len(taken)} of {count} ports are free", hint="use fewer devices")


def _busy(port: int, error: OSError) -> str:
    owner = owner_of(port)
    if isinstance(error, PermissionError):
        return f"port {port} on {HOST} may not be used by this user"
    return f"port {port} on {HOST} is already in use" + (f" by {owner}" if owner else "")


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
