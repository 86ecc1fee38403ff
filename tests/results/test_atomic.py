"""F48 and many writers: a file is whole or as it was."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from runner.errors import RunnerError
from runner.results.atomic import append_file, replace_file

OPEN_FILES = Path("/proc/self/fd")
OLD = "old content\n" * 100

FULL = """
import resource, sys
from pathlib import Path
from runner.errors import RunnerError
from runner.results.atomic import append_file, replace_file

resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
write = {"replace": replace_file, "append": append_file}[sys.argv[2]]
try:
    write(Path(sys.argv[1]), ("x",), b"n" * 100_000)
except RunnerError as error:
    print(error.message)
    print(error.hint)
"""


@pytest.mark.parametrize("how", ["replace", "append"])
def test_f48_when_no_more_can_be_written_the_old_file_is_intact(tmp_path: Path, how: str) -> None:
    (tmp_path / "x").write_text(OLD)
    done = subprocess.run([sys.executable, "-c", FULL, str(tmp_path), how], capture_output=True, text=True, timeout=60, check=True)
    message, hint = done.stdout.splitlines()
    assert message == "file size limit reached: 'x' was not written and is as it was before"
    assert "--output-dir" in hint
    assert (tmp_path / "x").read_text() == OLD
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


ON_A_SMALL_DISK = """
import sys
from pathlib import Path
from runner.errors import RunnerError
from runner.results.atomic import append_file, replace_file

folder = Path(sys.argv[1])
write = {"replace": replace_file, "append": append_file}[sys.argv[2]]
write(folder, ("x",), b"old")
try:
    write(folder, ("x",), b"n" * 1_000_000)
except RunnerError as error:
    print(error.message)
print([(path.name, path.read_text()) for path in folder.iterdir()])
"""
MOUNT = 'mount -t tmpfs -o size=64k tmpfs "$1" || exit 77; exec "$2" -c "$3" "$1" "$4"'


@pytest.mark.skipif(not shutil.which("unshare"), reason="needs a mount of its own")
@pytest.mark.parametrize("how", ["replace", "append"])
def test_f48_a_full_disk_is_told_and_the_old_file_is_intact(tmp_path: Path, how: str) -> None:
    command = ["unshare", "--map-root-user", "--mount", "sh", "-c", MOUNT, "sh", str(tmp_path), sys.executable, ON_A_SMALL_DISK, how]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    if not done.stdout and ("unshare" in done.stderr or done.returncode == 77):
        pytest.skip("this system allows no mount of one's own")
    assert done.stdout.splitlines() == ["disk full: 'x' was not written and is as it was before", "[('x', 'old')]"], done.stderr


def test_f48_readers_see_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    contents = {bytes([65 + number]) * 50_000 for number in range(4)}
    replace_file(tmp_path, ("x",), min(contents))
    ended = threading.Event()

    def write(content: bytes) -> None:
        for _ in range(15):
            replace_file(tmp_path, ("x",), content)

    def read() -> set[bytes]:
        seen = set()
        while not ended.is_set():
            seen.add((tmp_path / "x").read_bytes())
        return seen

    with ThreadPoolExecutor(5) as pool:
        reader = pool.submit(read)
        writers = [pool.submit(write, content) for content in contents]
        for writer in writers:
            writer.result()
        ended.set()
        assert reader.result() <= contents
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_sixteen_threads_append_whole_blocks(tmp_path: Path) -> None:
    start = threading.Barrier(16)

    def write(writer: int) -> None:
        start.wait()
        for number in range(10):
            append_file(tmp_path, ("deep", "er", "x"), "\n".join(f"{writer}.{number}.{line}" for line in range(200)).encode())

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(write, range(16)))
    lines = (tmp_path / "deep/er/x").read_text().splitlines()
    assert len(lines) == 16 * 10 * 200
    blocks = [lines[at : at + 200] for at in range(0, len(lines), 200)]
    firsts = {tuple(block[0].split(".")[:2]) for block in blocks}
    assert len(firsts) == 160
    for block in blocks:
        prefix = block[0].removesuffix(".0")
        assert block == [f"{prefix}.{line}" for line in range(200)]


def test_threads_that_need_the_same_new_folders_do_not_collide(tmp_path: Path) -> None:
    start = threading.Barrier(16)

    def write(number: int) -> None:
        start.wait()
        replace_file(tmp_path, ("a", "b", "c", str(number)), b"x")

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(write, range(16)))
    assert len(list((tmp_path / "a/b/c").iterdir())) == 16


@pytest.mark.skipif(not OPEN_FILES.exists(), reason="needs to see who has opened a file")
def test_append_waits_for_the_one_who_holds_the_file_and_finds_its_successor(tmp_path: Path) -> None:
    """Someone replaces the file while we wait for it: our block must be in the file that is there afterwards."""
    path = tmp_path / "x"
    path.write_text("first\n")
    with path.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        waiting = threading.Thread(target=append_file, args=(tmp_path, ("x",), b"block"))
        waiting.start()
        until = time.monotonic() + 30
        while sum(descriptor.exists() and descriptor.samefile(path) for descriptor in OPEN_FILES.iterdir()) < 2:
            assert time.monotonic() < until, "nobody opened the file"
        replace_file(tmp_path, ("x",), b"second\n")
        assert path.read_bytes() == b"second\n"
        fcntl.flock(held, fcntl.LOCK_UN)
    waiting.join(timeout=30)
    assert not waiting.is_alive()
    assert path.read_bytes() == b"second\nblock"


def test_a_folder_that_may_not_be_written_is_told(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    (tmp_path / "a").mkdir(mode=0o500)
    with pytest.raises(RunnerError, match="'a/x' could not be written: Permission denied"):
        replace_file(tmp_path, ("a", "x"), b"x")
