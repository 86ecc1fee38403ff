"""F50: a store in a file is refused, and left as it is, where it could not be trusted; what is made is for its owner alone (F67)."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from runner.errors import InputError, RunnerError
from runner.store.filesystems import kind_of
from runner.store.place import Place
from runner.store.store import Store
from runner.store.troubles import StoreError
from tests.store.stories import accept, kinds, whole_run

MOUNTS = r"""
21 1 0:20 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
22 21 0:21 / /home rw - nfs4 server:/home rw,vers=4.2
23 21 0:22 / /mnt/my\040share rw - cifs //server/share rw
24 22 0:23 / /home/ann/local rw - xfs /dev/sdb1 rw
25 21 0:24 / /mnt/c rw - 9p C:\134 rw,aname=drvfs;path=C:\;uid=0,trans=fd
26 21 0:25 / /vm rw - 9p host rw,trans=virtio
27 21 0:26 / /over rw - ext4 /dev/sdc1 rw
28 21 0:27 / /over rw - fuse.sshfs me@there: rw
not a line of this kind
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store with one job in it."""
    path = tmp_path / "jobs.db"
    with Store.at(str(path)) as store:
        journal = store.journal(accept(store, "one"))
        for event in whole_run("one"):
            journal(event)
        journal.close()
    return path


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _foreign_file(path: Path) -> None:
    path.write_text("something else " * 100)


def _foreign_database(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE job (id TEXT)")


def _newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()


def _torn(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4096 * 2 : 4096 * 6] = os.urandom(4096 * 4)
    path.write_bytes(data)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: 4096 * 3])


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _gone_but_for_its_log(path: Path) -> None:
    path.rename(path.with_suffix(".moved"))
    path.with_name("jobs.db-wal").write_bytes(b"x")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_empty, "is empty, and a store never is"),
        (_foreign_file, "is not a store of jobs, and was left as it is"),
        (_foreign_database, "belongs to another program, and was left as it is"),
        (_newer, r"was written by a newer version \(9999\)"),
        (_torn, "is damaged"),
        (_cut, "is damaged"),
        (_folder, "must be a file, and .* is a folder"),
        (_fifo, "must be a file, and .* is something else"),
        (_gone_but_for_its_log, "is gone, but jobs.db-wal, which holds a part of it, is still there"),
    ],
    ids=lambda value: value.__name__.strip("_") if callable(value) else "",
)
@pytest.mark.parametrize("create", [True, False], ids=["writing", "reading"])
def test_what_is_no_store_of_ours_is_refused_and_not_touched(path: Path, spoil: Callable[[Path], None], said: str, create: bool) -> None:
    spoil(path)
    before = _state(path.parent)
    with pytest.raises(StoreError, match=said) as refused:
        Store.at(str(path), create=create)
    assert refused.value.hint and "\n" not in refused.value.message
    assert _state(path.parent) == before


def _state(folder: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() if each.is_file() else b"" for each in folder.iterdir()}


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/etc/x", "ext4"),
        ("/home/ann/x", "nfs4"),
        ("/homes/x", "ext4"),
        ("/mnt/my share/x", "cifs"),
        ("/home/ann/local/x", "xfs"),
        ("/mnt/c/x", "drvfs"),
        ("/vm/x", "9p"),
        ("/over/x", "fuse.sshfs"),
    ],
)
def test_the_kind_of_file_system_is_that_of_the_last_longest_mount(tmp_path: Path, path: str, kind: str) -> None:
    (tmp_path / "mounts").write_text(MOUNTS)
    assert kind_of(Path(path), tmp_path / "mounts") == kind


@pytest.mark.parametrize(("kind", "name"), [("nfs4", "NFS"), ("nfs", "NFS"), ("cifs", "SMB"), ("fuse.sshfs", "sshfs")])
def test_a_network_disk_is_refused_before_anything_is_made(tmp_path: Path, kind: str, name: str) -> None:
    place = Place.of(str(tmp_path / "new" / "jobs.db"))
    with pytest.raises(StoreError, match=f"lies on {name}, where locks do not hold"):
        Store(place, kind=lambda path: kind)
    assert not list(tmp_path.iterdir())
    with Store(place, kind=lambda path: ""):
        pass
    with pytest.raises(StoreError, match=f"lies on {name}"):
        Store(place, create=False, kind=lambda path: kind)


@pytest.mark.parametrize(("mode", "of_folder"), [(0o400, False), (0o500, True)], ids=["the file", "its folder"])
def test_what_can_only_be_read_is_refused(path: Path, mode: int, of_folder: bool) -> None:
    folder = Path(shutil.copytree(path.parent, Path("/var/tmp") / f"np-{os.getpid()}-{mode}"))  # the tests' own folder is not for others
    spoiled = folder if of_folder else folder / path.name
    try:
        for each in (folder, *folder.iterdir()):
            os.chown(each, _NOBODY, _NOBODY)
        spoiled.chmod(mode)
        said = _as_nobody(folder / path.name)
    finally:
        folder.chmod(0o700)
        shutil.rmtree(folder)
    assert said.startswith("the store of jobs ") and said.strip().endswith(" can only be read") and "cannot be written: " in said


_NOBODY = 65534 if os.geteuid() == 0 else os.geteuid()
_SCRIPT = """
import os, sys
from runner.store.store import Store
from runner.errors import RunnerError
import sqlalchemy.dialects.sqlite
os.setegid(int(sys.argv[2])); os.seteuid(int(sys.argv[2]))
try:
    Store.at(sys.argv[1])
except RunnerError as error:
    sys.stdout.write(error.message)
"""


def _as_nobody(path: Path) -> str:
    """Root may write everywhere, so somebody else tries."""
    command = [sys.executable, "-c", _SCRIPT, str(path), str(_NOBODY)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert not done.stderr, done.stderr
    return done.stdout


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o177], ids=oct)
def test_files_are_for_their_owner_alone_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    """F67"""
    from tests.store.stories import task_finished

    folder = tmp_path / "a" / "b"
    before = os.umask(umask)
    try:
        with Store.at(str(folder / "jobs.db")) as store:
            journal = store.journal(accept(store, "one"))
            journal(task_finished("r1", output="x" * 100_000))
            modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in (tmp_path / "a").rglob("*")}
    finally:
        os.umask(before)
    folders = {"b", "jobs-outputs", "one"}
    assert {name for name, mode in modes.items() if mode == 0o700} == folders
    assert {name for name, mode in modes.items() if mode == 0o600} == set(modes) - folders
    assert {"jobs.db", "jobs.db-wal", "jobs.db-shm", "jobs.db-reserve"} < set(modes)


def test_processes_that_make_the_same_store_at_once_all_have_it(tmp_path: Path) -> None:
    path = tmp_path / "new" / "jobs.db"
    script = "import sys; from runner.store.store import Store\nwith Store.at(sys.argv[1]) as store: store.beat()"
    running = [subprocess.Popen([sys.executable, "-c", script, str(path)], stderr=subprocess.PIPE, text=True) for _ in range(6)]
    for process in running:
        assert process.communicate(timeout=60)[1] == "" and process.returncode == 0
    assert sorted(each.name for each in path.parent.iterdir()) == ["jobs.db", "jobs.db-reserve"]


def test_a_link_to_a_store_is_the_same_store(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "elsewhere" / "link.db"
    link.parent.mkdir()
    link.symlink_to(path)
    with Store.at(str(link)) as store:
        assert kinds(store, "one") and store.outputs.folder == path.with_name("jobs-outputs")


def test_opening_a_store_drops_no_lock_of_another_connection(path: Path) -> None:
    """A second opening in the same process must not open and close the file itself: the locks of the first would be gone."""
    with Store.at(str(path)) as store:
        connection = store.engine.connect()
        with connection.begin():
            Store.at(str(path)).close()
            script = f"import sqlite3; sqlite3.connect({str(path)!r}, timeout=0).execute('BEGIN IMMEDIATE')"
            done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
            assert "database is locked" in done.stderr
        connection.close()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("mysql://root:hunter2@host/jobs", "a store cannot be kept in 'mysql'"),
        ("sqlite://", "a store cannot be kept in 'sqlite'"),
        ("postgresql://u:hunter2@[::1/jobs", "the store's URL cannot be read"),
    ],
)
def test_a_wrong_url_is_a_mistake_that_tells_no_password(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as refused:
        Store.at(text)
    assert "hunter2" not in str(refused.value) + refused.value.hint


def test_errors_of_the_store_are_ours() -> None:
    assert issubclass(StoreError, RunnerError)
