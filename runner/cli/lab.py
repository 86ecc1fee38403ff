"""`nornir-playbook lab` and `demo`: a simulated fleet to rehearse on, and the main job run on one."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from runner.cli.options import BATCH_SIZE, FORMAT, VERBOSE, settings_for
from runner.cli.streams import complain, show
from runner.errors import RunnerError

if TYPE_CHECKING:
    from runner.lab import Fleet

FIRST_PORT = 20001


@click.group(short_help="Simulated routers to rehearse on.")
def lab() -> None:
    """Simulated network devices on loopback: for rehearsals, training and tests."""


@lab.command(short_help="Start a fleet and wait.")
@click.option("--devices", metavar="N", type=click.IntRange(1, 1000), default=25, show_default=True, help="How many routers.")
@click.option(
    "--first-port",
    metavar="PORT",
    type=click.IntRange(1024, 65000),
    default=FIRST_PORT,
    show_default=True,
    help="Port of r1; the others follow.",
)
@click.option(
    "-i",
    "--inventory",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("inventory"),
    show_default=True,
    help="Its known_hosts file learns the fleet's host key; a folder without an inventory gets one.",
)
@click.option(
    "--platform",
    metavar="NAME[,NAME]",
    default="cisco_ios",
    show_default=True,
    help="What the devices are, in turn: cisco_ios, cisco_xr, arista_eos, juniper_junos, linux.",
)
@click.option(
    "--fault",
    "faults",
    metavar="NAME=FAULT",
    multiple=True,
    help="What is wrong with a device, to rehearse failures: r7=down, r9=reject_password, r3,r4=hang_at=command. Repeatable.",
)
def up(devices: int, first_port: int, inventory: Path, platform: str, faults: tuple[str, ...]) -> None:
    """Start simulated routers r1, r2, ... on 127.0.0.1 and keep them up until Ctrl-C.

    The repository's own inventory names the first 25 of them. Log in with admin/admin, by hand too: ssh -p 20001 admin@127.0.0.1

    Of a line of configuration they know the first words only; a real device may refuse what they take.
    """
    _lab_extra()
    from platformdirs import user_state_path

    from runner.lab.rehearsal import faults_of
    from runner.lab.up import lab_up

    wrong = faults_of(faults, [f"r{number}" for number in range(1, devices + 1)])
    platforms = [name.strip() for name in platform.split(",") if name.strip()] or ["cisco_ios"]
    fleet = lab_up(devices, inventory, first_port, user_state_path("nornir-playbook"), platforms, wrong)
    try:
        _warn_of_another_inventory(inventory, first_port, platforms)
        show(f"{devices} routers up: r1 on 127.0.0.1:{first_port} to r{devices} on :{first_port + devices - 1}, user admin, password admin")
        if faults:
            show(f"faults: {' '.join(faults)}")
        show(f"host key added to {inventory / 'known_hosts'}; Ctrl-C stops the lab")
        _wait_for_signal()
    finally:
        counters = fleet.counters()
        fleet.stop()
    show(f"lab stopped: {counters.total} sessions served, at most {counters.peak} at once, {counters.commands} commands")


def _warn_of_another_inventory(inventory: Path, first_port: int, platforms: list[str]) -> None:
    """An inventory that stood there already may name other ports or platforms; it is the user's, so it is only told."""
    told = "".join(path.read_text(encoding="utf-8", errors="replace") for path in sorted(inventory.glob("*.yaml")))
    wrong = [] if f"port: {first_port}" in told else ["ports"]
    wrong += [] if wrong or all(f"platform: {name}" in told for name in platforms) else ["platforms"]
    if wrong:
        chosen = "" if platforms == ["cisco_ios"] else f"--platform {','.join(platforms)} "
        hint = f"nornir-playbook lab up {chosen}--first-port {first_port} -i NEW_FOLDER makes one that does"
        complain(f"warning: {inventory / 'hosts.yaml'} does not name these {wrong[0]}; {hint}")


@click.command(short_help="See it work: the OSPF audit on 25 simulated routers.")
@click.option("--devices", metavar="N", type=click.IntRange(1, 1000), default=25, show_default=True, help="How many routers.")
@click.option("--output-dir", metavar="DIR", type=click.Path(path_type=Path), help="Where the outputs go. [a new temporary folder]")
@BATCH_SIZE
@FORMAT
@VERBOSE
def demo(devices: int, output_dir: Path | None, batch_size: str | None, format_: str | None, verbose: int) -> int:
    """Start 25 simulated routers on free ports and run the OSPF audit on them in batches of 10, over real SSH.

    Nothing outside DIR is written, and no configuration is needed.
    """
    _lab_extra()
    import shutil
    import tempfile

    from runner.lab import Device, Fleet

    folder = (output_dir or Path(tempfile.mkdtemp(prefix="nornir-playbook-demo-"))).absolute()
    inventory, playbook = folder / "inventory", folder / "ospf_audit.yaml"
    with Fleet(Device.fleet(devices)) as fleet:
        fleet.write_inventory(inventory)
        shutil.copyfile(Path(__file__).parent.parent / "lab" / "playbooks" / playbook.name, playbook)
        complain(f"{devices} simulated routers are up on 127.0.0.1; running {playbook}")
        code = _run_demo(playbook, inventory, folder, batch_size, format_, verbose)
        fleet.wait_idle()
        _show_judgement(fleet, folder)
    return code


def _run_demo(playbook: Path, inventory: Path, folder: Path, batch_size: str | None, format_: str | None, verbose: int) -> int:
    from runner.cli.session import Choices, run_and_report
    from runner.jobs.prepare import read_and_plan

    settings = settings_for(
        folder,
        verbosity=verbose or None,
        inventory=str(inventory),
        output_dir=str(folder),
        batch_size=batch_size,
        format=format_,
        host_keys="strict",
    )
    return run_and_report(read_and_plan(playbook, settings), Choices())


def _show_judgement(fleet: Fleet, folder: Path) -> None:
    """What the devices themselves counted, which is what the promise is about."""
    seen = fleet.counters()
    complain("")
    complain(f"the routers counted {seen.total} sessions, at most {seen.peak} at once, {seen.live} left open")
    complain(f"outputs, playbook and inventory are in {folder}")


def _wait_for_signal() -> None:
    """Until Ctrl-C, SIGTERM or the end of the terminal."""
    import threading

    from runner.cli.signals import interruptible

    try:
        with interruptible():
            threading.Event().wait()
    except KeyboardInterrupt:
        if sys.stdout is not None and sys.stdout.isatty():
            show("")  # the cursor stands behind ^C


def _lab_extra() -> None:
    """The lab's SSH server is an extra; say so where it is missing."""
    if find_spec("asyncssh") is None:
        hint = "install it with: pip install 'nornir-playbook[lab]'"
        raise RunnerError("the simulated routers need the extra 'lab', which is not installed", hint=hint)
