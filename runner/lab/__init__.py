"""A simulated fleet of network devices on loopback ports, for the demo, for rehearsals and for tests (extra `lab`).

    with Fleet(Device.fleet(25)) as fleet:
        host, port = fleet.address("r1")

It judges the client from the device's side: sessions are counted from TCP accept to TCP close, every command is kept.
It imports nothing of this project but `runner.errors`, so anyone's tests can use it.
"""

from runner.lab.device import Device
from runner.lab.errors import LabError
from runner.lab.faults import Faults
from runner.lab.fleet import Fleet
from runner.lab.ledger import HIDDEN, Asked, Commit, Counters, Line, SessionRecord

__all__ = ["HIDDEN", "Asked", "Commit", "Counters", "Device", "Faults", "Fleet", "LabError", "Line", "SessionRecord"]
