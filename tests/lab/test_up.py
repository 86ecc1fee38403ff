"""`lab up`: fixed ports, a key that stays, known_hosts and nothing else."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from runner.lab import Device, Fleet, LabError, ports
from runner.lab.up import lab_up, repository_inventory
from tests.lab.client import PATIENCE, transport

REPOSITORY = Path(__file__).parents[2]


def free_run(count: int) -> int:
    """The first of `count` consecutive free ports."""
    for first in range(22000, 31000, 100):
        try:
            taken = ports.fixed(first, count)
        except LabError:
            continue
        for sock in taken:
            sock.close()
        return first
    raise AssertionError("no free ports")


def test_the_repository_inventory_is_what_the_generator_gives() -> None:
    for name, text in repository_inventory().items():
        assert (REPOSITORY / "inventory" / name).read_text(encoding="utf-8") == text, f"write inventory/{name} anew from {__name__}"


def test_lab_up_writes_known_hosts_and_keeps_its_key(tmp_path: Path) -> None:
    inventory, state = tmp_path / "inventory", tmp_path / "state" / "lab"
    inventory.mkdir()
    (inventory / "known_hosts").write_text("core.example ssh-ed25519 AAAAother\n")
    first = free_run(3)
    texts = set()
    for _ in range(2):
        fleet = lab_up(3, inventory, first, state)
        try:
            assert fleet.address("r3") == ("127.0.0.1", first + 2)
            assert (inventory / "known_hosts").read_text() == "core.example ssh-ed25519 AAAAother\n" + fleet.known_hosts()
            texts.add(fleet.known_hosts())
            with transport(fleet, "r3") as client:  # leaves the port in a state that must not hinder the next start
                channel = client.open_session(timeout=PATIENCE)
                channel.exec_command("exit")
                client.join(PATIENCE)
        finally:
            fleet.stop()
    assert len(texts) == 1
    assert sorted(path.name for path in inventory.iterdir()) == ["defaults.yaml", "groups.yaml", "hosts.yaml", "known_hosts"]
    assert f"port: {first}\n" in (inventory / "hosts.yaml").read_text()
    assert (inventory / "known_hosts").stat().st_mode & 0o777 == 0o600
    assert [path.stat().st_mode & 0o777 for path in state.iterdir()] == [0o600]


def test_a_busy_port_is_named_with_its_owner_and_nothing_is_written(tmp_path: Path) -> None:
    first = free_run(3)
    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", first + 1))
        squatter.listen()
        with pytest.raises(LabError, match=f"port {first + 1} on 127.0.0.1 is already in use by .+ \\(pid {os.getpid()}\\)") as caught:
            lab_up(3, tmp_path, first, tmp_path / "state")
    assert caught.value.hint
    assert not (tmp_path / "known_hosts").exists()
    with Fleet(Device.fleet(3), first_port=first):
        pass


@pytest.mark.parametrize("first", [0, 65534, 70000])
def test_ports_that_do_not_exist(first: int) -> None:
    with pytest.raises(LabError, match="do not exist"), Fleet(Device.fleet(3), first_port=first):
        pass


def test_a_key_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "lab_host_key").write_text("not a key")
    with pytest.raises(LabError, match="lab_host_key"):
        lab_up(1, tmp_path, free_run(1), tmp_path)


def test_a_folder_that_cannot_be_written_stops_the_fleet(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    first = free_run(1)
    with pytest.raises(LabError, match="cannot be written"):
        lab_up(1, tmp_path / "file", first, tmp_path / "state")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", first), timeout=5)


def test_platforms_are_played_in_turn_and_written_down(tmp_path: Path) -> None:
    fleet = lab_up(4, tmp_path / "mixed", free_run(4), tmp_path, ["arista_eos", "cisco_xr", "cisco_ios"])
    fleet.stop()
    assert [device.platform for device in fleet.devices] == ["arista_eos", "cisco_xr", "cisco_ios", "arista_eos"]
    hosts, defaults = ((tmp_path / "mixed" / name).read_text() for name in ("hosts.yaml", "defaults.yaml"))
    assert "platform: arista_eos\n" in defaults
    assert [hosts.count(f"platform: {name}\n") for name in ("arista_eos", "cisco_xr", "cisco_ios")] == [0, 1, 1]


def test_a_platform_that_the_lab_cannot_play(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="cannot play 'toaster'") as caught:
        lab_up(1, tmp_path / "none", free_run(1), tmp_path, ["toaster"])
    assert "cisco_xr" in str(caught.value.hint)
    assert not (tmp_path / "none").exists()
