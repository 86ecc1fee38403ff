"""The guarded connection: nornir-netmiko's plugin with strict keys, deadlines, a stop, named errors, and a close that is one."""

from __future__ import annotations

import contextlib
import inspect
import threading
from contextlib import AbstractContextManager
from typing import Any

from netmiko.exceptions import NetmikoBaseException
from nornir.core.configuration import Config
from nornir_netmiko.connections import Netmiko

from runner.contracts import ConfigMode, Reply
from runner.errors import SessionError, Stopped
from runner.platforms import Platform, platform_name, platform_of
from runner.target import Limits, Target
from runner.transport.classify import late, shown
from runner.transport.client import GuardedClient
from runner.transport.configuring import configuring
from runner.transport.dial import dial
from runner.transport.driver import Guarded, configuration_of, driver_of
from runner.transport.exchange import Exchange
from runner.transport.host_keys import HostKeys
from runner.transport.jump import CLOSE_WHEN_STOPPED, Jumps, place_of_target
from runner.transport.keys import KeyFiles
from runner.transport.watch import Watch, Witness
from runner.transport.wire import Wire

_DESCRIBE = "netmiko's driver does not say, or keeps a candidate: describe the platform in the project's plugins"


class GuardedNetmiko(Netmiko):  # type: ignore[misc]  # nornir-netmiko ships no types
    """One session with one device, opened once, closed once. Belongs to the thread of its host.

    Arguments:
        target: where to; nothing else about the address, the login or the driver is ever looked at.
        limits: deadlines and the output cap.
        host_keys: what is known of host keys, shared by the sessions of a job.
        cancelled: set when the user wants to stop.
        key_files: private keys that were read, shared likewise; None = this session reads its own.
        jumps: connections to jump hosts, shared likewise; None = this session makes its own.
        witness: is told what the session does; None = nobody is.

    Attributes:
        connection: the open netmiko driver, for every task that works with one.
        close_confirmed: False when the device did not confirm the last close in time; its session may still count.
    """

    connection: Guarded

    def __init__(
        self,
        target: Target,
        limits: Limits,
        host_keys: HostKeys,
        cancelled: threading.Event,
        *,
        key_files: KeyFiles | None = None,
        jumps: Jumps | None = None,
        witness: Witness | None = None,
    ) -> None:
        self._target, self._limits, self._host_keys, self._cancelled = target, limits, host_keys, cancelled
        self._key_files = key_files or KeyFiles()
        self._jumps = jumps or Jumps(limits, host_keys, self._key_files, cancelled)
        self._owns_jumps = jumps is None
        self._watch = Watch(place_of_target(target), cancelled, witness)
        self._client: GuardedClient | None = None
        self._wire: Wire | None = None
        self._driver: Guarded | None = None
        self._exchange: Exchange | None = None
        self._begun = False
        self.close_confirmed = True

    @property
    def deadline(self) -> float | None:
        """Monotonic time at which everything on this host must have ended (`host_timeout`); None = no limit."""
        return self._watch.host_deadline

    @deadline.setter
    def deadline(self, value: float | None) -> None:
        self._watch.host_deadline = value

    @property
    def finishing(self) -> bool:
        """Whether what is under way writes: then a wish to stop cuts it only when that is `Limits.grace` old."""
        return self._watch.patience > 0.0

    @finishing.setter
    def finishing(self, value: bool) -> None:
        self._watch.patience = self._limits.grace if value else 0.0

    def open(
        self,
        hostname: str | None,
        username: str | None,
        password: str | None,
        port: int | None,
        platform: str | None,
        extras: dict[str, Any] | None = None,
        configuration: Config | None = None,
    ) -> None:
        """Nornir's way to connect. Its arguments were resolved into the target when the run was planned, and are not used."""
        self.connect()

    def connect(self) -> None:
        """From the name to the pinned prompt, privileged where the target has a `secret`.

        Raises SessionError (phase, cause, hint) or Stopped. Then nothing is left open: no session, no thread, no log filter.
        """
        watch, limits = self._watch, self._limits
        self._begun, watch.phase = True, "dns"
        try:
            with watch.within(limits.connect, lambda: watch.error(late(watch.phase), output=self._last_seen())):
                watch.check()
                self._open_session()
        except BaseException as error:
            failure = self._judge(error)
            watch.note("failed", str(failure))
            self.close()
            if failure is error:
                raise
            raise failure from error
        watch.phase = "command"

    def send(self, command: str, *, timeout: float | None = None, prompt: str | None = None, answer: str | None = None) -> Reply:
        """Send one command; see `runner.contracts.Session`."""
        try:
            return self._opened().send(command, self._limits.command if timeout is None else timeout, prompt, answer)
        except SessionError:
            self._watch.check_stop()  # a second Ctrl-C closes sessions from outside: that was us, and not the device
            raise

    def configuring(self) -> AbstractContextManager[ConfigMode]:
        """Configuration mode; see `runner.contracts.Session`."""
        exchange, target, limits = self._opened(), self._target, self._limits
        how = self._facts().config or (configuration_of(self._driver) if self._driver else None)
        if how is None:
            raise self._watch.error("config_mode", detail=f": how is not known for '{shown(target.platform or '')}'", hint=_DESCRIBE)
        password = target.secret or target.password
        return configuring(exchange, self._watch, self._facts(), how, password=password, seconds=limits.command, grace=limits.grace)

    def check(self) -> None:
        """Raise SessionError (`out_of_step`) when the device has gone on after what seemed to be the end of the last command.

        `send` does this before every command; after the last one of a host it is the only look at it.
        """
        self._opened().check()

    def close(self) -> None:
        """End the session, and wait until the device has. Never raises; does nothing when nothing is open."""
        seconds = min(self._limits.close, CLOSE_WHEN_STOPPED) if self._cancelled.is_set() else self._limits.close
        if self._driver is not None:
            self._leave(self._driver, seconds / 2)
            self._driver.forget()
        if self._wire is not None:
            self.close_confirmed = self._wire.hang_up(self._client.get_transport() if self._client else None, seconds)
        if self._driver is not None:
            self._driver.remote_conn = self._driver.remote_conn_pre = None
        self._driver = self._wire = self._client = self._exchange = None
        if self._owns_jumps:
            self.close_confirmed &= self._jumps.close()
        if self._begun:
            self._begun = False
            self._watch.note("closed", "confirmed by the device" if self.close_confirmed else "not confirmed by the device in time")

    def _open_session(self) -> None:
        watch, target, limits = self._watch, self._target, self._limits
        platform = platform_name(target.platform) or ""
        kind = driver_of(platform)
        if kind is None:
            raise watch.error("unknown_platform", detail=f"'{shown(platform)}'" if platform else "is not given, and none")
        self._wire = Wire(self._jumps.reach(target, target.jump, watch) if target.jump else dial(target.hostname, target.port, watch))
        driver = self._driver = self.connection = kind(
            **{
                **target.options,
                "host": target.hostname,
                "port": target.port,
                "username": target.username,
                "password": target.password.reveal() if target.password else None,
                "secret": target.secret.reveal() if target.secret else "",
                "device_type": platform,
                "sock": self._wire,
                "auto_connect": False,
            }
        )
        driver.watch, driver.make_client = watch, self._make_client
        driver._open()
        self._exchange = Exchange(driver, watch, self._facts(), limits.output, target.secrets)
        watch.note("ready", self._exchange.prompt)
        if target.secret and self._exchange.prompt.endswith(">"):
            self._enable(self._exchange, driver, target.secret.reveal())
            watch.note("ready", self._exchange.prompt)
        driver.opening = False

    def _make_client(self) -> GuardedClient:
        self._client = GuardedClient(self._watch, self._host_keys, self._target, self._key_files)
        return self._client

    def _enable(self, exchange: Exchange, driver: Guarded, secret: str) -> None:
        """The driver knows the command and the question of its platform; where it has no command, there is no such mode."""
        known = inspect.signature(driver.enable).parameters
        if known["cmd"].default:
            self._watch.phase = "auth"
            exchange.become(known["cmd"].default, known["pattern"].default, secret)

    def _facts(self) -> Platform:
        return self._target.facts or platform_of(self._target.platform)

    def _opened(self) -> Exchange:
        if self._exchange is None:
            raise RuntimeError("the session is not open")
        return self._exchange

    def _last_seen(self) -> str:
        channel = getattr(self._driver, "channel", None)
        return channel.last_seen if channel else ""

    def _judge(self, error: BaseException) -> BaseException:
        """What netmiko itself says about a session that cannot be set up becomes an error of ours; bugs and Ctrl-C stay what they are."""
        if isinstance(error, SessionError | Stopped) or not isinstance(error, NetmikoBaseException | ValueError | OSError):
            return error
        first = next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)
        return self._watch.error("failed", detail=shown(first, 300), output=self._last_seen())

    def _leave(self, driver: Guarded, seconds: float) -> None:
        """Let the driver leave config mode and say goodbye where a netmiko task has used the session; else there is nothing to leave.

        Its waits are bounded, and it does not matter whether it succeeds: the connection is closed in any case.
        """
        exchange = self._exchange
        if exchange is None or exchange.lost is not None or not exchange.lent or self._cancelled.is_set():
            return
        self._watch.host_deadline = None
        with contextlib.suppress(Exception), self._watch.within(seconds, lambda: self._watch.error("closed")):
            driver.cleanup()
