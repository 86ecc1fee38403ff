"""Device locks in the store: one host a device over all jobs, a ceiling of sessions, and what becomes of the locks of the dead (P10)."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Collection
from pathlib import Path

import pytest

from runner.events import HostStarted, RunStarted, WriteIntended
from runner.job import Frozen, NewJob, Origin, Start
from runner.job_events import RunInterrupted
from runner.leases import Busy
from runner.progress import Progress
from runner.secret import Secret
from runner.states import HostStatus
from runner.store.journal import Journal, Refused
from runner.store.leases import StoreLeases, device_keys
from runner.store.owners import Owner
from runner.store.reading import find
from runner.store.store import Store
from runner.target import Target
from tests.project import CANARY

R1 = Target(name="r1", hostname="192.0.2.1")
R2 = Target(name="r2", hostname="192.0.2.2")
NAMES = {"core.example": {"192.0.2.1:22", "[2001:db8::1]:22"}, "core6.example": {"[2001:db8::1]:22"}}


def lookup(hostname: str, port: int) -> Collection[str]:
    """Names as a resolver would know them."""
    return NAMES.get(hostname, {f"{hostname}:{port}"} if hostname[0].isdigit() else set())


def accepted(store: Store, job: str, key: str | None = None) -> str:
    """A job that has begun."""
    new = NewJob(id=job, start=Start(playbook="a.yaml"), origin=Origin(), frozen=Frozen(plan={}, digests={}), idempotency_key=key)
    store.accept(new, [(1, "p", ("r1", "r2"))], 2)
    store.journal(job)(RunStarted(job_id=job, playbook="a.yaml", total_devices=2, total_batches=1, batch_size=2, ceiling=2))
    return job


def leases(store: Store, job: str, *, inventory: str = "/inventory", max_sessions: int | None = None) -> StoreLeases:
    return StoreLeases(store, accepted(store, job), inventory=inventory, max_sessions=max_sessions, lookup=lookup)


def intent(host: str) -> WriteIntended:
    return WriteIntended(host=host, play="p", batch_number=1, index=0, task="t", action="config")


SAME = [
    # what one job holds, what the other wants, the other's inventory -> whether it is busy
    ("the same host", R1, R1, "/inventory", True),
    ("another host", R1, R2, "/inventory", False),
    ("F52: two names, one address", R1, Target(name="other", hostname="core.example"), "/other", True),
    (
        "F52: one of several addresses",
        Target(name="a", hostname="core.example"),
        Target(name="b", hostname="core6.example"),
        "/other",
        True,
    ),
    ("another port is another device", R1, Target(name="other", hostname="192.0.2.1", port=2222), "/inventory", False),
    ("the same name in another inventory", R1, Target(name="r1", hostname="192.0.2.9"), "/other", False),
    ("a name whose address changed", R1, Target(name="r1", hostname="192.0.2.9"), "/inventory", True),
    ("no address at all", Target(name="a", hostname="Nowhere"), Target(name="b", hostname="nowhere"), "/other", True),
    ("behind a jump host", Target(name="a", hostname="10.0.0.1", jump=R1), Target(name="b", hostname="10.0.0.1", jump=R1), "/other", True),
    ("behind another one", Target(name="a", hostname="10.0.0.1", jump=R1), Target(name="b", hostname="10.0.0.1", jump=R2), "/other", False),
]


@pytest.mark.parametrize(("first", "second", "inventory", "busy"), [row[1:] for row in SAME], ids=[row[0] for row in SAME])
def test_f51_f52_what_is_one_device(stored: Store, first: Target, second: Target, inventory: str, busy: bool) -> None:
    leases(stored, "one").take(first)
    other = leases(stored, "two", inventory=inventory)
    if not busy:
        assert other.take(second).holds()
        return
    with pytest.raises(Busy, match="job one works on it") as caught:
        other.take(second)
    assert caught.value.holder == "one" and not caught.value.passes and caught.value.exit_code == 6


def test_a_device_that_was_given_back_can_be_taken(stored: Store) -> None:
    first, second = leases(stored, "one"), leases(stored, "two")
    lease = first.take(R1)
    lease.release()
    lease.release()
    again = second.take(R1)
    assert again.holds() and not lease.holds()
    lease.release()
    assert again.holds()
    with pytest.raises(Busy):
        first.take(R1)


def test_all_keys_or_none(stored: Store) -> None:
    """A host that wants two addresses, of which one is in use, holds neither: so no two hosts wait for each other."""
    holder = leases(stored, "one").take(Target(name="x", hostname="core6.example"))
    with pytest.raises(Busy):
        leases(stored, "two", inventory="/b").take(Target(name="y", hostname="core.example"))
    assert leases(stored, "three", inventory="/c").take(R1).holds()
    holder.release()


def test_two_names_for_one_device_in_one_job_wait_for_each_other_in_any_case(stored: Store) -> None:
    own = leases(stored, "one")
    own.take(R1)
    with pytest.raises(Busy, match="this job works on it, as r1") as caught:
        own.take(Target(name="also", hostname="core.example"))
    assert caught.value.passes


def test_f57_no_more_hosts_are_at_work_than_max_sessions_over_all_jobs(stored: Store) -> None:
    first, second = leases(stored, "one", max_sessions=3), leases(stored, "two", max_sessions=3)
    taken = [
        each.take(Target(name=f"h{n}", hostname="core.example" if n == 0 else f"192.0.2.{n + 10}"))
        for n, each in enumerate([first, second, first])
    ]
    with pytest.raises(Busy, match="3 hosts of 1 other job and this one are at work, and max_sessions allows 3") as caught:
        second.take(R2)
    assert caught.value.passes and not caught.value.holder
    taken[1].release()
    assert second.take(R2).holds()


@pytest.mark.parametrize(("address", "ceiling", "allowed"), [("192.0.2.1", None, 1), ("192.0.2.{}", 2, 2)], ids=["device", "ceiling"])
def test_threads_of_two_processes_never_get_too_much(where: str, address: str, ceiling: int | None, allowed: int) -> None:
    """Two stores are two owners with a writer each, as two processes are."""
    at_work, most, lock = 0, 0, threading.Lock()

    def work(own: StoreLeases, store: Store, number: int) -> None:
        nonlocal at_work, most
        done = 0
        while done < 10:
            try:
                lease = own.take(Target(name=f"h{number}", hostname=address.format(number)))
            except Busy:
                continue
            with lock:
                at_work += 1
                most = max(most, at_work)
            store.beat()  # time for others to come in
            with lock:
                at_work -= 1
            lease.release()
            done += 1

    with Store.at(where) as one, Store.at(where) as two:
        both = [(leases(store, job, max_sessions=ceiling), store) for store, job in ((one, "one"), (two, "two"))]
        threads = [threading.Thread(target=work, args=(*each, number)) for number, each in enumerate(both * 3, 1)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert not any(thread.is_alive() for thread in threads)
    assert most == allowed


HOLDER = """
import sys
from runner.events import HostStarted, WriteIntended
from runner.store.leases import StoreLeases
from runner.store.owners import Owner
from runner.store.store import Store
from runner.target import Target
from tests.store.test_leases import accepted, intent
store = Store.at(sys.argv[1])
store.me = Owner.me(lease=float(sys.argv[2]))
leases = StoreLeases(store, accepted(store, "one"), inventory="/inventory")
lease = leases.take(Target(name="r1", hostname="192.0.2.1"))
journal = store.journal("one")
journal.fence = leases.fence
journal(HostStarted(host="r1", play="p", batch_number=1))
journal(intent("r1"))
print("holds", flush=True)
sys.stdin.readline()
print("holds" if lease.holds() else "lost", flush=True)
try:
    journal(intent("r1"))
except Exception as error:
    print(type(error).__name__, flush=True)
try:
    leases.take(Target(name="r2", hostname="192.0.2.2"))
except Exception as error:
    print(error, flush=True)
"""


def holder(place: str, lease: float) -> subprocess.Popen[str]:
    """A process that holds r1 and has begun to write to it."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(place), str(lease)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None and process.stdout.readline() == "holds\n"
    return process


def test_f53_the_devices_of_a_killed_process_are_free_and_its_job_is_settled_before(where: str, stored: Store) -> None:
    process = holder(where, 600.0)
    own = leases(stored, "two")
    with pytest.raises(Busy, match="job one works on it"):
        own.take(R1)
    process.kill()
    process.communicate()
    assert own.take(R1).holds()
    told = [event for _, event in stored.events("one")]
    assert isinstance(told[-1], RunInterrupted)
    assert Progress.of(told).ended(1, "r1") is HostStatus.IN_DOUBT
    assert find(stored, "one").status.value == "interrupted"


def test_f37_a_process_that_slept_finds_its_device_given_away_and_writes_no_more(where: str, stored: Store) -> None:
    """Not the process's state is looked at but its lease: it is there, and has left no sign of life for longer than that."""
    process = holder(where, 0.3)
    own = leases(stored, "two")
    until = time.monotonic() + 20
    while True:
        try:
            lease = own.take(R1)
            break
        except Busy:
            assert time.monotonic() < until
    output, _ = process.communicate("\n")
    assert output.splitlines() == [
        "lost",
        "Refused",
        "this process did not move for so long that others took it for dead",
    ]
    assert lease.holds()
    told = [event for _, event in stored.events("one")]
    assert isinstance(told[-1], RunInterrupted) and Progress.of(told).ended(1, "r1") is HostStatus.IN_DOUBT


def test_f37_a_process_that_slept_and_whose_device_nobody_wanted_goes_on(stored: Store) -> None:
    stored.me = Owner.me(lease=0.0)
    own = leases(stored, "one")
    lease, journal = own.take(R1), stored.journal("one")
    journal.fence = own.fence
    assert lease.holds()
    journal(intent("r1"))
    assert not journal.lost


def test_a_refused_intent_is_not_stored_and_spoils_nothing_else(where: str, stored: Store) -> None:
    own = leases(stored, "one")
    own.take(R1)
    journal: Journal = stored.journal("one")
    journal.fence = own.fence
    with Store.at(where) as other:
        other.me = Owner.me()
        other.writer.run(stored.me.leave)
    with pytest.raises(Refused):
        journal(intent("r1"))
    journal(HostStarted(host="r2", play="p", batch_number=1))
    journal.close()
    kinds = [type(event).__name__ for _, event in stored.events("one")]
    assert kinds == ["RunStarted", "HostStarted"] and not journal.lost and journal.complete


def test_an_intent_of_a_host_that_needs_no_device_is_let_through(stored: Store) -> None:
    own = leases(stored, "one")
    lease, journal = own.take(R1), stored.journal("one")
    journal.fence = own.fence
    journal(intent("r2"))
    lease.release()
    journal(intent("r1"))


def test_a_long_name_fits(stored: Store) -> None:
    keys = device_keys(Target(name="r" * 600, hostname="h" * 600), "/inventory", lookup)
    assert len(keys) == 2 and all(len(key) <= 512 for key in keys)
    assert leases(stored, "one").take(Target(name="r" * 250, hostname="h" * 600)).holds()


def test_the_systems_own_resolver_knows_names_and_addresses() -> None:
    from runner.store.leases import addresses

    assert addresses("127.0.0.1", 22) == {"127.0.0.1:22"} and addresses("::1", 22) == {"[::1]:22"}
    assert "127.0.0.1:22" in addresses("localhost", 22)
    assert not addresses("no such name.invalid", 22)


def test_no_password_stands_in_a_lease(tmp_path: Path) -> None:
    with Store.at(str(tmp_path / "jobs.db")) as store:
        leases(store, "one").take(Target(name="r1", hostname="192.0.2.1", password=Secret(CANARY)))
        assert all(CANARY.encode() not in path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
