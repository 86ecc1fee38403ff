"""The TCP connection below SSH: paramiko may use it, but only we close it, and only after the device has."""

from __future__ import annotations

import contextlib
import logging
import select
import socket
import threading
import time
from typing import Any

import paramiko
from paramiko.common import cMSG_DISCONNECT

HEAD = 256
"""Bytes kept of the very beginning, to tell what answered when it is not SSH."""

SSH_LOG = "runner.transport.ssh"
"""Where paramiko's messages go; silent unless somebody gives it a handler. Its errors are ours to report, in one line."""

_BY_APPLICATION = 11  # RFC 4253, section 11.1

_log = logging.getLogger(SSH_LOG)
_log.addHandler(logging.NullHandler())
_log.propagate = False


class Wire:
    """What paramiko takes for its socket.

    `close()`, which paramiko calls when it is done, only ends paramiko's reading; the socket stays open until `hang_up`.
    That is how the end of file of the device can still be read then.

    Arguments:
        sock: a socket, or a channel that a jump host forwards; its end of file then is that of the channel.

    Attributes:
        head: the first bytes received.
        ended: set when the device's end of file, or its reset, has been read.
    """

    def __init__(self, sock: socket.socket | paramiko.Channel) -> None:
        self._sock = sock
        self._closed = False  # paramiko looks at it under this name
        self._mute = False
        self.head = b""
        self.ended = threading.Event()

    def settimeout(self, seconds: float | None) -> None:
        """Limit each `recv` and `send`."""
        self._sock.settimeout(seconds)

    def getpeername(self) -> Any:
        """The device's address."""
        return self._sock.getpeername()

    def recv(self, size: int) -> bytes:
        """Bytes from the device; empty at its end of file, and after `close`."""
        return b"" if self._closed else self._receive(size)

    def send(self, data: bytes) -> int:
        """Send some of `data`; after the half-close nothing is sent any more, and nobody minds."""
        return len(data) if self._mute else self._sock.send(data)

    def close(self) -> None:
        """Paramiko has no more use for it."""
        self._closed = True

    def hang_up(self, transport: paramiko.Transport | None, seconds: float) -> bool:
        """Say goodbye, half-close, and wait until the device has closed too; then let go of everything.

        Returns True when the device confirmed within `seconds` by its end of file. No thread is left in either case.
        """
        until = time.monotonic() + seconds
        with contextlib.suppress(Exception):
            self._goodbye(transport)
        self._mute = True
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_WR)
        while transport and transport.is_alive() and not self.ended.is_set() and time.monotonic() < until:
            self.ended.wait(min(0.05, max(0.0, until - time.monotonic())))
        if not (transport and transport.is_alive()):
            self._read_to_end(until)
        confirmed = self.ended.is_set()
        self._let_go(transport)
        return confirmed

    def _receive(self, size: int) -> bytes:
        try:
            data = self._sock.recv(size)
        except TimeoutError:
            raise
        except OSError:  # a reset ends the session at the device as well
            self.ended.set()
            raise
        if not data:
            self.ended.set()
        elif len(self.head) < HEAD:
            self.head += data[: HEAD - len(self.head)]
        return data

    def _goodbye(self, transport: paramiko.Transport | None) -> None:
        """The SSH message of a client that leaves; not where the device would not understand it or does not read."""
        if transport is None or not transport.is_active() or not transport.initial_kex_done or self._is_congested():
            return
        message = paramiko.Message()
        message.add_byte(cMSG_DISCONNECT)
        message.add_int(_BY_APPLICATION)
        message.add_string("done")
        message.add_string("")
        transport.packetizer.send_message(message)

    def _is_congested(self) -> bool:
        if isinstance(self._sock, paramiko.Channel):
            return not self._sock.send_ready()
        writable = select.poll()
        writable.register(self._sock, select.POLLOUT)
        return not writable.poll(0)

    def _read_to_end(self, until: float) -> None:
        with contextlib.suppress(OSError):
            while not self.ended.is_set() and (left := until - time.monotonic()) > 0:
                self._sock.settimeout(left)
                self._receive(65536)

    def _let_go(self, transport: paramiko.Transport | None) -> None:
        with contextlib.suppress(Exception):
            if transport:
                transport.close()
        self._closed = True
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)  # wakes a reader
        if transport and transport.is_alive():
            transport.join(1.0)
        self._sock.close()
