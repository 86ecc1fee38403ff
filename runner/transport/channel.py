"""The watching channel in place of netmiko's: every read and write looks at the end of file, the stop request and the deadlines."""

from __future__ import annotations

import codecs
import math
import threading
import time

import paramiko
from netmiko.channel import SSHChannel

from runner.transport.lines import last_line
from runner.transport.watch import Watch

PACKET = 65536
SEND_PAUSE = 0.02
"""Seconds between two tries to write to a device that does not read."""
KEPT = 4096
"""Characters of the line in progress, and of the last output, that are remembered."""


class WatchingChannel(SSHChannel):
    """Reads and writes the shell of a session.

    Raises SessionError and Stopped. Text is decoded across packets; bytes that are not in the encoding become surrogate escapes.

    Attributes:
        line: the line in progress, at most KEPT characters of it.
        received: bytes received so far.
        sent: the last text that was written.
        foreign: set when something other than our own exchange has written, so that the prompt may no longer be what it was.
    """

    def __init__(self, conn: paramiko.Channel, encoding: str, watch: Watch) -> None:
        super().__init__(conn, encoding)
        self._conn = conn
        self._arrived = threading.Event()
        conn.in_buffer.set_event(self._arrived)
        conn.settimeout(0.0)
        self._watch = watch
        self._decoder = codecs.getincrementaldecoder(encoding)("surrogateescape")
        self._waiting: list[str] = []
        self._tail = ""
        self._written = True
        self.line = ""
        self.received = 0
        self.sent = ""
        self.foreign = False

    def read_buffer(self) -> str:
        """What has arrived, without waiting (netmiko's contract)."""
        self._watch.check()
        self._receive(0.0)
        return self._take()

    def read_channel(self) -> str:
        """What has arrived, without waiting (netmiko's contract)."""
        return self.read_buffer()

    def write_channel(self, out_data: str) -> None:
        """Write for netmiko."""
        self.foreign = True
        self.write(out_data)

    def write(self, text: str) -> None:
        """Write for our own exchange."""
        data = text.encode(self.encoding, "surrogateescape")
        self._written, self.sent = True, text
        self._watch.note("sent", text)
        while data:
            pause = self._watch.pulse(SEND_PAUSE)
            if not self._conn.send_ready():  # the device does not read; paramiko's own wait goes by the wall clock
                time.sleep(pause)
                continue
            try:
                sent = self._conn.send(data)
            except OSError:
                sent = 0
            if not sent:
                raise self._watch.error("closed", output=self._tail)
            data = data[sent:]

    def wait_data(self, seconds: float = math.inf) -> bool:
        """Wait until there is something to read; False when nothing came for `seconds`.

        Raises SessionError (`closed`, or the error of the deadline that passes), Stopped.
        """
        until = time.monotonic() + seconds
        while not self._waiting:
            wait = self._watch.pulse(until - time.monotonic())
            if wait <= 0 and time.monotonic() >= until:
                self._receive(0.0)
                return bool(self._waiting)
            self._receive(max(0.0, wait))
        return True

    def read(self) -> str:
        """What has arrived since the last read."""
        return self._take()

    def at(self, prompt: str) -> bool:
        """True when the line in progress is the prompt, and something has arrived since the last write."""
        return not self._written and last_line(self.line) == prompt

    @property
    def last_seen(self) -> str:
        """The end of the last output, for error messages."""
        return self._tail

    def _take(self) -> str:
        text = "".join(self._waiting)
        self._waiting.clear()
        return text

    def _receive(self, seconds: float) -> None:
        """Let in what has arrived; wait for it up to `seconds`. Paramiko's own wait is not used: it goes by the wall clock."""
        if not self._arrived.wait(seconds):
            return
        try:
            data = self._conn.recv(PACKET)
        except TimeoutError:  # somebody else has read it
            return
        if not data:
            raise self._watch.error("closed", output=self._tail)
        self.received += len(data)
        text = self._decoder.decode(data)
        if text:
            self._watch.note("received", text)
            self._written = False
            self._waiting.append(text)
            self._tail = (self._tail + text)[-KEPT:]
            self.line = (self.line + text).rpartition("\n")[2][-KEPT:]
