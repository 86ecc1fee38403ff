"""The SSH client of a guarded session: key exchange, host key, one login, a shell, each with its own errors."""

from __future__ import annotations

import functools
import threading
from typing import Any

import paramiko
from paramiko.packet import Packetizer
from paramiko.ssh_exception import ChannelException, IncompatiblePeer

from runner.errors import SessionError
from runner.transport.classify import shown
from runner.transport.host_keys import HostKeys
from runner.transport.login import log_in
from runner.transport.watch import Watch
from runner.transport.wire import SSH_LOG, Wire

_FOREVER = float("inf")  # paramiko's own limits go by the wall clock; ours are the judge


class _Packets(Packetizer):
    """Without paramiko's timer thread, which would outlive a failed handshake, and without its wall clock."""

    def start_handshake(self, timeout: float) -> None:
        pass

    def readline(self, timeout: float) -> str:
        return super().readline(_FOREVER)


class GuardedClient(paramiko.SSHClient):
    """Used by netmiko as its SSH client. Raises SessionError and Stopped only, which netmiko lets pass."""

    def __init__(self, watch: Watch, host_keys: HostKeys) -> None:
        super().__init__()
        self.set_log_channel(SSH_LOG)
        self._watch = watch
        self._keys = host_keys

    def connect(self, *_: Any, **options: Any) -> None:
        """Everything up to the login, over the `sock` in `options`, which is a Wire."""
        wire: Wire = options["sock"]
        host, port = options["hostname"], options["port"]
        transport = paramiko.Transport(
            wire,  # type: ignore[arg-type]  # paramiko asks for a socket or anything with these five methods
            disabled_algorithms=options.get("disabled_algorithms"),
            packetizer_class=_Packets,
        )
        self._transport = transport
        transport.set_log_channel(SSH_LOG)
        transport.banner_timeout = transport.handshake_timeout = transport.channel_timeout = _FOREVER
        offered = transport.get_security_options()
        offered.key_types = self._keys.preferred(host, port, offered.key_types)
        self._exchange_keys(transport, wire)
        key = transport.get_remote_server_key()
        self._keys.verify(host, port, key.get_name(), key.asbytes(), self._watch)
        log_in(transport, options["username"], options.get("password"), self._watch)

    def invoke_shell(self, *args: Any, **options: Any) -> paramiko.Channel:
        """A shell on a terminal. Paramiko's waits for the device's answers know no limit, so they happen in a thread of their own."""
        watch, transport = self._watch, self.get_transport()
        assert transport is not None  # noqa: S101  # connect() came before
        watch.phase = "shell"
        work = _Work(functools.partial(super().invoke_shell, *args, **options))
        work.start()
        try:
            watch.wait(work.ended)
        except BaseException:
            transport.close()
            work.join(1.0)
            raise
        if isinstance(work.outcome, paramiko.Channel):
            return work.outcome
        raise _shell_error(work.outcome, transport, watch)

    def _exchange_keys(self, transport: paramiko.Transport, wire: Wire) -> None:
        watch = self._watch
        watch.phase = "banner"
        done = threading.Event()
        transport.start_client(event=done)
        try:
            while not done.wait(watch.pulse()) and transport.is_active():
                if transport.remote_version:
                    watch.phase = "host_key"
        except SessionError as error:
            if error.cause == "no_banner" and wire.head and not wire.head.startswith(b"SSH-"):
                raise _not_ssh(wire, watch) from None
            raise
        if transport.remote_version:
            watch.phase = "host_key"
        if not transport.is_active():
            raise _kex_error(transport.get_exception(), wire, watch)


class _Work(threading.Thread):
    """One blocking call, its result or its exception in `outcome`."""

    def __init__(self, call: functools.partial[paramiko.Channel]) -> None:
        super().__init__(name="ssh-shell", daemon=True)
        self._call = call
        self.ended = threading.Event()
        self.outcome: paramiko.Channel | Exception | None = None

    def run(self) -> None:
        """Make the call."""
        try:
            self.outcome = self._call()
        except Exception as error:  # judged by the thread that waits
            self.outcome = error
        self.ended.set()


def _kex_error(problem: Exception | None, wire: Wire, watch: Watch) -> SessionError:
    if isinstance(problem, IncompatiblePeer):
        if "version" in str(problem):
            watch.phase = "banner"
            return watch.error("old_protocol")
        watch.phase = "host_key"
        return watch.error("no_common_algorithm", detail=shown(str(problem)).removeprefix("Incompatible ssh peer (").rstrip(")"))
    if watch.phase == "banner":
        return _not_ssh(wire, watch) if wire.head and not wire.head.startswith(b"SSH-") else watch.error("closed")
    if problem is None or isinstance(problem, EOFError | OSError):
        return watch.error("closed")
    return watch.error("failed", detail=shown(str(problem)))


def _not_ssh(wire: Wire, watch: Watch) -> SessionError:
    first = wire.head.decode("utf-8", "surrogateescape").lstrip().partition("\n")[0]
    return watch.error("not_ssh", detail=f"'{shown(first, 60)}'")


def _shell_error(problem: Exception | None, transport: paramiko.Transport, watch: Watch) -> SessionError:
    if isinstance(problem, ChannelException):
        return watch.error("no_session")
    if not transport.is_active() or isinstance(problem, EOFError | OSError):
        return watch.error("closed")
    return watch.error("failed", detail=shown(str(problem)))
