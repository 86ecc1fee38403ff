"""The fleet: many simulated devices, one thread, and the judge's view of every session."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from runner.lab import host_keys, inventory, ports
from runner.lab.background import Background
from runner.lab.device import Device
from runner.lab.errors import LabError
from runner.lab.faults import Faults
from runner.lab.ledger import Counters, Ledger, SessionRecord
from runner.lab.listener import Listener
from runner.lab.personalities import PERSONALITIES
from runner.lab.personality import Node, Personality
from runner.lab.ssh import ServerOptions
from runner.lab.topology import MAXIMUM, network


class Fleet:
    """Simulated devices on consecutive ports (from `first_port` on) or on free ones (None), started by `with` or `start()`.

    Arguments:
        devices: the devices, whose names must differ; their order decides who is cabled to whom.
        first_port: the first device's port on `host`; the others follow.
        host_key: path of a private key in PEM; a fresh Ed25519 key when None. All devices share it.
        host: the loopback address that all devices listen on: `127.0.0.1` or `::1`.

    Raises LabError: names that collide, an unknown platform, a key that cannot be read, an address that this machine does not have;
    on start, a busy port.
    """

    def __init__(
        self, devices: Iterable[Device], first_port: int | None = None, host_key: Path | str | None = None, host: str = ports.HOST
    ) -> None:
        devices = tuple(devices)
        _check(devices)
        self._devices = {device.name: device for device in devices}
        self._first_port, self._host = first_port, ports.checked(host)
        self._keys = host_keys.HostKeys(host_keys.fresh() if host_key is None else host_keys.read(Path(host_key)))
        self._options = ServerOptions(self._keys)
        self._ledger = Ledger(self._devices)
        routers = network([device.name for device in devices])
        self._nodes: dict[str, Node] = {}
        for name, device in self._devices.items():
            self._nodes[name] = Node(device, routers[name], _personality(device).boot(device, routers[name]), self._nodes)
        self._ports: dict[str, int] = {}
        self._listeners: dict[str, Listener] = {}
        self._background: Background | None = None
        self._problems: list[str] = []

    @property
    def devices(self) -> tuple[Device, ...]:
        """The devices in their order."""
        return tuple(self._devices.values())

    def start(self) -> None:
        """Listen on every port; all of them answer when this returns. Raises LabError and starts nothing when a port is busy."""
        if self._background is not None:
            raise LabError("the fleet is running already")
        sockets = self._sockets()
        self._ports = {name: sock.getsockname()[1] for name, sock in zip(self._devices, sockets, strict=True)}
        for (name, device), sock in zip(self._devices.items(), sockets, strict=True):
            self._listeners[name] = Listener(self._nodes[name], _personality(device), sock, self._ledger, self._options)
        self._background = Background("lab-fleet")
        self._background.call(self._open())

    def stop(self) -> None:
        """Close every session and port and end the thread; does nothing when the fleet is not running."""
        background, self._background = self._background, None
        if background is not None:
            try:
                background.call(self._close())
            finally:
                background.stop()
                self._problems += background.problems

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def address(self, name: str) -> tuple[str, int]:
        """Host and port of a device."""
        return self._host, self._port(name)

    def counters(self, name: str | None = None) -> Counters:
        """Sessions and commands of one device, or of the fleet."""
        return self._ledger.counters(self._known(name) if name else None)

    def sessions(self, name: str) -> tuple[SessionRecord, ...]:
        """Every session of a device, in the order of their accept."""
        return self._ledger.sessions(self._known(name))

    def log(self, name: str) -> tuple[str, ...]:
        """Every line that a device received at a prompt, in order; answers to its questions, and passwords, are none."""
        return self._ledger.log(self._known(name))

    def config_lines(self, name: str) -> tuple[str, ...]:
        """Every line that a device took into its configuration or its candidate, in order; `sessions` has them by session."""
        return self._ledger.config_lines(self._known(name))

    def running_config(self, name: str) -> str:
        """What is configured on a device now."""
        return str(self._nodes[self._known(name)].config)

    def saved_config(self, name: str) -> str:
        """What a device would start with."""
        return str(self._nodes[self._known(name)].saved)

    def set_faults(self, name: str, faults: Faults) -> None:
        """Change what is wrong with a device; holds for what comes next."""
        node = self._nodes[self._known(name)]
        if self._background is None:
            node.faults = faults
        else:
            self._background.call(self._listeners[name].set_faults(faults))

    def host_key_line(self, name: str) -> str:
        """The known_hosts line of a device, of the key that it shows with the faults it has now (`other_host_key` apart)."""
        return host_keys.known_hosts_line(self._keys.true(self._nodes[self._known(name)].faults), *self.address(name))

    def known_hosts(self) -> str:
        """A whole known_hosts file."""
        return "".join(f"{self.host_key_line(name)}\n" for name in self._devices)

    def write_inventory(self, folder: Path, *, password: str | None = None) -> None:
        """Write hosts.yaml, groups.yaml, defaults.yaml and known_hosts of the running fleet into `folder` (made if missing).

        `password` is what the defaults say in place of the devices' own one.
        """
        files = inventory.files(self.devices, dict(self._ports), password=password, address=self._host)
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
        inventory.write_private(folder / "known_hosts", self.known_hosts())

    def wait_idle(self, timeout: float = 5.0) -> bool:
        """Wait until no session is open; False when one still is after `timeout` seconds."""
        return self._ledger.wait(lambda counters: counters.live == 0, timeout)

    def problems(self) -> tuple[str, ...]:
        """Errors of the lab itself, which it should have none of: for tests to assert on."""
        return (*self._problems, *(self._background.problems if self._background else ()))

    def _known(self, name: str) -> str:
        if name not in self._devices:
            raise LabError(f"the fleet has no device {name!r}", hint=f"it has {len(self._devices)}: {', '.join([*self._devices][:5])}, ...")
        return name

    def _port(self, name: str) -> int:
        if self._known(name) not in self._ports:
            raise LabError("the fleet has no ports before it is started", hint="use it in a with block")
        return self._ports[name]

    def _sockets(self) -> list[socket.socket]:
        count = len(self._devices)
        return ports.free(count, self._host) if self._first_port is None else ports.fixed(self._first_port, count, self._host)

    async def _open(self) -> None:
        for listener in self._listeners.values():
            await listener.start()

    async def _close(self) -> None:
        await asyncio.gather(*(listener.stop() for listener in self._listeners.values()))
        self._listeners = {}


def _personality(device: Device) -> Personality:
    return PERSONALITIES[device.platform]


def _check(devices: tuple[Device, ...]) -> None:
    if len({device.name for device in devices}) != len(devices):
        raise LabError("two devices of the fleet have the same name", hint="names must differ")
    if not 1 <= len(devices) <= MAXIMUM:
        raise LabError(f"a fleet has 1 to {MAXIMUM} devices, not {len(devices)}")
    for device in devices:
        if device.platform not in PERSONALITIES:
            raise LabError(f"the lab cannot play {device.platform!r}", hint=f"it can play: {', '.join(sorted(PERSONALITIES))}")
