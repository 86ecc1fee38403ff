"""Netmiko's drivers on our client and channel: each driver keeps what it knows of its platform, only the waiting is ours."""

from __future__ import annotations

import functools
import inspect
import math
import re
import time
from collections.abc import Callable
from typing import Any, cast

import netmiko
import paramiko
from netmiko.base_connection import BaseConnection
from netmiko.exceptions import ReadTimeout
from netmiko.ssh_dispatcher import CLASS_MAPPER

from runner.platforms import Configuration
from runner.transport.channel import WatchingChannel
from runner.transport.lines import Echo, last_line, normal
from runner.transport.platform_guess import clash, refusal
from runner.transport.watch import Watch

QUIET = 0.1
"""Seconds without data after which a device is taken to have said what it had to say; netmiko waits that long always."""

USUAL = 10.0
"""Seconds that netmiko gives a text which must come."""

VAIN = 1.0
"""Seconds of silence at the prompt after which a text is no longer waited for where the device seems to be of another platform."""


class Guarded(BaseConnection):
    """Stands in front of a driver's class.

    Where netmiko sleeps and looks again, this waits for data; where netmiko clears its buffer by waiting until nothing comes, this
    waits for the prompt, which must come after what was sent. Neither depends on the wall clock.
    """

    watch: Watch
    make_client: Callable[[], paramiko.SSHClient]
    opening = True
    first_prompt = ""

    def __init__(self, *args: Any, **options: Any) -> None:
        try:
            super().__init__(*args, **options)
        except BaseException:
            self.forget()
            raise

    def forget(self) -> None:
        """Take this session's filter off netmiko's logger, where it would stay for the life of the process."""
        if hasattr(self, "_secrets_filter"):
            netmiko.log.removeFilter(self._secrets_filter)

    @property
    def watching(self) -> WatchingChannel:
        """The channel, once there is one."""
        return cast(WatchingChannel, self.channel)

    def take_buffer(self) -> str:
        """What netmiko has read and not yet used."""
        text, self._read_buffer = self._read_buffer, ""
        return text

    def _build_ssh_client(self) -> paramiko.SSHClient:
        return self.make_client()

    def special_login_handler(self, delay_factor: float = 1.0) -> None:
        """Swap the channel before the driver reads its first byte."""
        self.watch.phase = "prompt"
        self.channel = WatchingChannel(cast(paramiko.Channel, self.remote_conn), self.encoding, self.watch)
        super().special_login_handler(delay_factor=delay_factor)

    def _try_session_preparation(self, force_data: bool | None = None) -> None:
        """As netmiko's, without its fixed sleep and without its own clean-up: the connection does that on every path."""
        if force_data is None:
            signature = inspect.signature(super()._try_session_preparation)
            force_data = bool(signature.parameters["force_data"].default)
        if force_data:
            self._greet()
        self.session_preparation()

    def _greet(self) -> None:
        """Press return, as netmiko does, and wait until the prompt was seen twice: once by itself and once for the return.

        A device that answers differently is waited for until it falls silent. All it said is left for the driver to read.
        """
        self.write_channel(self.RETURN)
        seen = ""
        while self.watching.wait_data(QUIET if seen else math.inf):
            seen += self.read_channel()
            *_, previous, last = ["", *seen.split("\n")]
            if last_line(last) and last_line(last) == last_line(previous):
                self.first_prompt = last_line(last)
                self.watch.note("prompt", self.first_prompt)
                break
        self._read_buffer = seen

    def _test_channel_read(self, count: int = 40, pattern: str = "") -> str:
        """What the greeting left is the data netmiko wants to see here."""
        if self._read_buffer and not pattern:
            return self.read_channel()
        return super()._test_channel_read(count=count, pattern=pattern)

    def read_until_pattern(self, pattern: str = "", read_timeout: float = 10.0, re_flags: int = 0, max_loops: int | None = None) -> str:
        """As netmiko's, woken by data.

        While the session is being opened only our own deadline counts, except where a driver gives a text less time than is usual:
        then it asks whether it comes at all, and goes on when it does not. Nor is a text waited for that another platform would send.
        """
        seconds = self.read_timeout_override or read_timeout
        patient = not seconds or (self.opening and seconds >= USUAL)
        until = math.inf if patient else time.monotonic() + seconds
        output = ""
        while True:
            output += self.read_channel()
            if match := re.search(pattern, output, re_flags):
                self._read_buffer = output[match.end() :]
                return output[: match.end()]
            vain = self._vain(output) if patient and self.opening else ""
            if not self.watching.wait_data(VAIN if vain else until - time.monotonic()):
                raise ReadTimeout(vain or f"Pattern not detected: {pattern!r} in {seconds} s, last seen: {last_line(output)!r}")

    def _vain(self, output: str) -> str:
        """Why what a driver waits for will not come, should the device stay silent: it has done what was sent and stands at its prompt
        again, and shows that it is of another platform. Empty where it may still come.

        The prompt alone proves nothing: it may be one that somebody has chosen, or that of a command before.
        """
        if not (self.first_prompt and self.watching.at(self.first_prompt) and last_line(output) == self.first_prompt):
            return ""
        behind = Echo(self.watching.sent.strip()).end(normal(output))
        if behind is None:
            return ""
        transport = self.remote_conn_pre.get_transport() if self.remote_conn_pre else None
        banner = transport.remote_version if transport else ""
        return refusal(self.device_type, normal(output)[behind:]) or clash(self.device_type, banner, self.first_prompt)

    def clear_buffer(self, backoff: bool = True, backoff_max: float = 3.0, delay_factor: float | None = None) -> str:
        """As netmiko's, but done as soon as the prompt that answers the last write has come."""
        if not self.first_prompt:
            return super().clear_buffer(backoff=backoff, backoff_max=backoff_max, delay_factor=delay_factor)
        output = self.read_channel()
        while not self.watching.at(self.first_prompt) and self.watching.wait_data(QUIET):
            output += self.read_channel()
        return self.strip_ansi_escape_codes(output + self.read_channel())


def configuration_of(driver: BaseConnection) -> Configuration | None:
    """How the driver of a platform that nobody has described takes configuration; None when it does not, or keeps a candidate.

    With a candidate it would have to be known how it is thrown away.
    """
    enter, leave = _default(driver.config_mode, "config_command"), _default(driver.exit_config_mode, "exit_config")
    if not enter or not leave or type(driver).commit is not BaseConnection.commit:
        return None
    return Configuration(enter=enter, leave=leave, prompt="", running="", volatile=(), save=_default(driver.save_config, "cmd"), text=None)


def _default(method: Callable[..., Any], name: str) -> str:
    parameter = inspect.signature(method).parameters.get(name)
    return parameter.default if parameter and isinstance(parameter.default, str) else ""


@functools.cache
def driver_of(platform: str) -> type[Guarded] | None:
    """The guarded driver of a netmiko device type; None when there is none that speaks SSH."""
    driver = CLASS_MAPPER.get(platform)
    if driver is None or platform.endswith(("_telnet", "_serial")) or platform == "autodetect":
        return None
    return cast(type[Guarded], type(f"Guarded{driver.__name__}", (Guarded, driver), {}))
