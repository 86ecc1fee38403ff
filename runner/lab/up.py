"""`lab up`: a fleet on fixed ports that a project's inventory can name, with a host key that stays the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from types import MappingProxyType

from runner.lab import host_keys
from runner.lab.device import Device
from runner.lab.errors import LabError
from runner.lab.faults import Faults
from runner.lab.fleet import Fleet
from runner.lab.inventory import files, write_private

DEVICES = 25
FIRST_PORT = 20001


def lab_up(
    devices: int,
    inventory: Path,
    first_port: int,
    state_dir: Path,
    platforms: Sequence[str] = ("cisco_ios",),
    faults: Mapping[str, Faults] = MappingProxyType({}),
) -> Fleet:
    """Start a fleet and make its host keys known to an inventory; stop it with `fleet.stop()`.

    Arguments:
        devices: how many, `r1` on `first_port` and so on.
        inventory: folder of an inventory. One that has none gets the fleet's; else only its `known_hosts` is written (0600), and
            only after every port was taken. Lines of other hosts in it are kept.
        first_port: `FIRST_PORT` is what the repository's inventory says.
        state_dir: where the host key is kept (made on first use, 0600); must not be in a version-controlled folder.
        platforms: what the devices are, in turn: with two of them `r1` is the first, `r2` the second, `r3` the first.
        faults: what is wrong with devices, by their names.

    Raises LabError: a platform the lab cannot play; a busy port, with its owner where the system shows it; a folder that cannot be written.
    """
    key = state_dir / "lab_host_key"
    host_keys.kept(key)
    fine = Faults()
    made = zip(Device.fleet(devices), cycle(platforms), strict=False)
    played = (replace(each, platform=name, faults=faults.get(each.name, fine)) for each, name in made)
    fleet = Fleet(played, first_port, key)
    fleet.start()
    try:
        _write(fleet, inventory)
    except BaseException:
        fleet.stop()
        raise
    return fleet


def repository_inventory() -> dict[str, str]:
    """File name -> text of the inventory that ships with the project: `lab up` as it comes."""
    devices = Device.fleet(DEVICES)
    return files(devices, {device.name: FIRST_PORT + index for index, device in enumerate(devices)})


def _write(fleet: Fleet, inventory: Path) -> None:
    """The inventory where there is none, and the host keys, beside those of others that stand there."""
    addresses = {device.name: fleet.address(device.name) for device in fleet.devices}
    ours = {f"[{host}]:{port}" for host, port in addresses.values()}
    path = inventory / "known_hosts"
    try:
        if not (inventory / "hosts.yaml").exists():
            inventory.mkdir(parents=True, exist_ok=True)
            for name, text in files(fleet.devices, {name: port for name, (_, port) in addresses.items()}).items():
                (inventory / name).write_text(text, encoding="utf-8")
        old = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        kept = [line for line in old if line.split(" ", 1)[0] not in ours]
        write_private(path, "".join(f"{line}\n" for line in kept) + fleet.known_hosts())
    except OSError as error:
        hint = "name the inventory's folder, and see that you may write to it"
        raise LabError(f"{error.filename or path} cannot be written: {error.strerror}", hint=hint) from error
