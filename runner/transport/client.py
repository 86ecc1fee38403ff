"""The SSH client of a guarded session: key exchange, host key, one login, a shell, each with its own errors."""

from __future__ import annotations

import functools
import threading
from typing import Any

import paramiko
from paramiko.packet import Packetizer
from paramiko.ssh_exception import ChannelException, IncompatiblePeer

from runner.errors import SessionError, Stopped
from runner.target import Target
from runner.transport.algorithms import GuardedTransport, mismatch
from runner.transport.classify import shown
from runner.transport.host_keys import HostKeys
from runner.transport.keys import KeyFiles
from runner.transport.login import log_in
from runner.transport.watch import Watch
from runner.transport.wire import SSH_LOG, Wire
from runner.transport.work import Work

_LEGACY = "these are no longer safe: update its software; if that cannot be, write `legacy_algorithms: true` at {name} in the inventory"
_FOREVER = float("inf")  # paramiko's own limits go by the wall clock; ours are the judge


class _Packets(Packetizer):
    """Without paramiko's timer thread, which would outlive a failed handshake, and without its wall clock."""

    def start_handshake(self, timeout: float) -> None:
        pass

    def readline(self, timeout: float) -> str:
        return super().readline(_FOREVER)


class GuardedClient(paramiko.SSHClient):
    """Used by netmiko as its SSH client, and for the connection to a jump host.

    Raises SessionError and Stopped only, which netmiko lets pass.
    """

    def __init__(self, watch: Watch, host_keys: HostKeys, target: Target, key_files: KeyFiles) -> None:
        super().__init__()
        self.set_log_channel(SSH_LOG)
        self._watch = watch
        self._keys = host_keys
        self._target, self._key_files = target, key_files

    def connect(self, *_: Any, **options: Any) -> None:
        """Everything up to the login, over the `sock` in `options`, which is a Wire. Address and login are the target's."""
        wire: Wire = options["sock"]
        target, host, port = self._target, self._target.hostname, self._target.port
        transport = GuardedTransport(
            wire,
            legacy=target.legacy_algorithms,
            disabled_algorithms=target.options.get("disabled_algorithms"),
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
        log_in(transport, target, self._key_files, self._watch)

    def invoke_shell(self, *args: Any, **options: Any) -> paramiko.Channel:
        """A shell on a terminal. Paramiko's waits for the device's answers know no limit, so they happen in a thread of their own."""
        watch, transport = self._watch, self.get_transport()
        assert transport is not None  # noqa: S101  # connect() came before
        watch.phase = "shell"
        work = Work("ssh-shell", functools.partial(super().invoke_shell, *args, **options))
        try:
            return work.outcome(watch)
        except (SessionError, Stopped):
            transport.close()
            work.join(1.0)
            raise
        except Exception as problem:
            raise _shell_error(problem, transport, watch) from None

    def _exchange_keys(self, transport: GuardedTransport, wire: Wire) -> None:
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
            watch.note("banner", transport.remote_version)
            watch.phase = "host_key"
        if not transport.is_active():
            raise self._kex_error(transport, wire)

    def _kex_error(self, transport: GuardedTransport, wire: Wire) -> SessionError:
        problem, watch = transport.get_exception(), self._watch
        if isinstance(problem, IncompatiblePeer):
            if "version" in str(problem):
                watch.phase = "banner"
                return watch.error("old_protocol")
            watch.phase = "host_key"
            words, old_ones_help = mismatch(transport)
            hint = _LEGACY.format(name=self._target.name) if old_ones_help else ""
            return watch.error("no_common_algorithm", detail=shown(words, 400), hint=hint)
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
