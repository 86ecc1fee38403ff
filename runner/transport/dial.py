"""From a name to a connected TCP socket, with a deadline and a way to stop at every point."""

from __future__ import annotations

import errno
import os
import select
import socket
import threading
import time
from collections.abc import Sequence

from runner.errors import SessionError
from runner.transport.classify import shown
from runner.transport.watch import Watch

Address = tuple[socket.AddressFamily, tuple[str | int | bytes, ...]]

_CAUSES = {
    errno.ECONNREFUSED: "refused",
    errno.EHOSTUNREACH: "no_route",
    errno.ENETUNREACH: "no_route",
    errno.EADDRNOTAVAIL: "no_route",
    errno.ETIMEDOUT: "timeout",
    errno.ECONNRESET: "closed",
    errno.EMFILE: "no_descriptors",
    errno.ENFILE: "no_descriptors",
}


def dial(host: str, port: int, watch: Watch) -> socket.socket:
    """A connected socket to the first address of `host` that answers.

    Addresses are tried one after the other, never two at once: each attempt could take a session of the device. Each gets its
    share of the time that is left.

    Raises SessionError of the phases `dns` and `tcp`, and Stopped.
    """
    watch.phase = "dns"
    addresses = resolve(host, port, watch)
    watch.note("addresses", ", ".join(str(address[0]) for _, address in addresses))
    watch.phase = "tcp"
    problems: list[OSError] = []
    for position, (family, address) in enumerate(addresses):
        share = watch.left() / (len(addresses) - position)
        try:
            sock = _connect(family, address, watch, share)
        except OSError as problem:
            problems.append(problem)
        else:
            watch.note("address", str(address[0]))
            return sock
    raise _tcp_error(problems, watch)


def resolve(host: str, port: int, watch: Watch) -> Sequence[Address]:
    """Every address of `host`, in the order the system prefers.

    A name is looked up in a daemon thread: the system's resolver cannot be interrupted, but it can be left behind.
    """
    try:
        return _lookup(host, port, socket.AI_NUMERICHOST)
    except OSError:
        pass  # not an address, so a name
    except ValueError:
        raise watch.error("bad_name") from None
    answers: list[Sequence[Address] | Exception] = []
    answered = threading.Event()

    def look() -> None:
        try:
            answers.append(_lookup(host, port))
        except Exception as problem:  # whatever it is, it is the waiting thread's to judge
            answers.append(problem)
        answered.set()

    threading.Thread(target=look, name="resolver", daemon=True).start()
    watch.wait(answered)
    if isinstance(answers[0], Exception):
        raise _dns_error(answers[0], watch)
    return answers[0]


def _lookup(host: str, port: int, flags: int = 0) -> Sequence[Address]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    return list(dict.fromkeys((family, address) for family, _, _, _, address in found))


def _connect(family: socket.AddressFamily, address: tuple[str | int | bytes, ...], watch: Watch, seconds: float) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        code = sock.connect_ex(address)
        if code == errno.EINPROGRESS:
            code = _outcome(sock, watch, seconds)
        if code:
            raise OSError(code, os.strerror(code))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except BaseException:
        sock.close()
        raise
    return sock


def _outcome(sock: socket.socket, watch: Watch, seconds: float) -> int:
    writable = select.poll()
    writable.register(sock, select.POLLOUT)
    until = time.monotonic() + seconds
    while not writable.poll(watch.pulse() * 1000):
        if time.monotonic() >= until:
            return errno.ETIMEDOUT
    return sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)


def _dns_error(problem: Exception, watch: Watch) -> SessionError:
    if not isinstance(problem, socket.gaierror):  # UnicodeError: a label is empty or too long
        return watch.error("bad_name")
    if problem.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)):
        return watch.error("not_found")
    return watch.error("resolver_failed", detail=shown(str(problem.strerror)))


def _tcp_error(problems: Sequence[OSError], watch: Watch) -> SessionError:
    """The error of the last address stands for all: they seldom differ, and one line is what people read."""
    last = problems[-1]
    return watch.error(_CAUSES.get(last.errno or 0, "failed"), detail=shown(last.strerror or str(last)))
