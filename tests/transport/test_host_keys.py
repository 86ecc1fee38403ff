"""Whom we talk to: known, unknown, changed and revoked host keys in each mode, and what is remembered."""

from __future__ import annotations

import base64
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import paramiko
import pytest

from runner.errors import SessionError
from runner.transport.classify import place_of
from runner.transport.host_keys import HostKeys, Mode
from runner.transport.known_hosts import entry_name, fingerprint
from runner.transport.watch import Watch
from tests.transport.conftest import Bench
from tests.transport.scripted import cisco, server


def blob(key_type: str, text: str) -> bytes:
    return len(key_type).to_bytes(4, "big") + key_type.encode() + text.encode()


ED, RSA = blob("ssh-ed25519", "one"), blob("ssh-rsa", "two")
OTHER = blob("ssh-ed25519", "other")


def line(names: str, key: bytes = ED, key_type: str = "ssh-ed25519") -> str:
    return f"{names} {key_type} {base64.b64encode(key).decode()}\n"


def verify(keys: HostKeys, host: str, port: int, key: bytes, key_type: str = "ssh-ed25519") -> str:
    """The cause of the refusal; empty when the key was trusted."""
    try:
        keys.verify(host, port, key_type, key, Watch(place_of(host, port), threading.Event()))
    except SessionError as error:
        assert error.phase == "host_key"
        return error.cause
    return ""


def test_f21_an_unknown_key_is_refused_with_fingerprint_and_command(bench: Bench, tmp_path: Path) -> None:
    accepted = tmp_path / "inventory" / "known_hosts"
    with pytest.raises(SessionError) as caught:
        bench.session(keys=HostKeys("strict", (), accepted)).connect()
    host, port = bench.fleet.address("r1")
    key = bench.fleet.host_key_line("r1").split()[2]
    assert (caught.value.phase, caught.value.cause) == ("host_key", "unknown_key")
    assert fingerprint("ssh-ed25519", base64.b64decode(key)) in caught.value.message
    assert "--host-keys accept-new" in caught.value.hint
    assert f"ssh-keyscan -p {port} {host} >> {accepted}" in caught.value.hint
    assert bench.fleet.sessions("r1")[0].password_attempts == 0


def test_f21_accept_new_remembers_for_the_next_strict_run(bench: Bench, tmp_path: Path) -> None:
    file = tmp_path / "new" / "known_hosts"
    first = bench.session(keys=HostKeys("accept-new", (file,), file))
    first.connect()
    first.close()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text().split()[:3] == bench.fleet.host_key_line("r1").split()[:3]
    again = bench.session(keys=HostKeys("strict", (file,)))
    again.connect()


@pytest.mark.parametrize("mode", ["strict", "accept-new"])
def test_f22_a_changed_key_is_refused_and_never_remembered(bench: Bench, mode: Mode, tmp_path: Path) -> None:
    bench.faults(other_host_key=True)
    before = bench.known_hosts.read_text()
    keys = HostKeys(mode, (), bench.known_hosts, lambda question: True)
    with pytest.raises(SessionError) as caught:
        bench.session(keys=keys).connect()
    assert caught.value.cause == "key_changed"
    assert "ssh-keygen -R" in caught.value.hint
    assert bench.known_hosts.read_text() == before


def test_ignore_checks_nothing(bench: Bench) -> None:
    bench.faults(other_host_key=True)
    bench.session(keys=HostKeys("ignore", (bench.known_hosts,))).connect()


@pytest.mark.parametrize("yes", [True, False])
def test_f21_the_question(bench: Bench, tmp_path: Path, yes: bool) -> None:
    asked: list[str] = []

    def ask(question: str) -> bool:
        asked.append(question)
        return yes

    file = tmp_path / "accepted"
    keys = HostKeys("strict", (), file, ask)
    for _ in range(2):
        session = bench.session(keys=keys)
        if yes:
            session.connect()
        else:
            with pytest.raises(SessionError, match="its key is not known"):
                session.connect()
        session.close()
    assert len(asked) == (1 if yes else 2)
    assert "SHA256:" in asked[0]
    assert file.exists() == yes


def test_f21_one_question_at_a_time_and_none_twice() -> None:
    busy, most, asked = threading.Lock(), [], []

    def ask(question: str) -> bool:
        most.append(busy.acquire(blocking=False))
        asked.append(question)
        busy.release()
        return True

    keys = HostKeys("strict", (), None, ask)
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda number: verify(keys, f"r{number % 4}", 22, ED), range(40)))
    assert results == [""] * 40
    assert len(asked) == 4
    assert all(most)


def test_a_question_stops_with_the_run() -> None:
    answer = threading.Event()
    keys = HostKeys("strict", (), None, lambda question: answer.wait(10))
    cancelled = threading.Event()
    first = threading.Thread(target=verify, args=(keys, "r1", 22, ED))
    first.start()
    second = Watch("r2:22", cancelled)
    cancelled.set()
    with pytest.raises(Exception, match="stopped by the user"):
        keys.verify("r2", 22, "ssh-ed25519", ED, second)
    answer.set()
    first.join()


ROWS = {
    "plain": (line("r1"), "r1", 22, ED, ""),
    "case": (line("R1"), "r1", 22, ED, ""),
    "port": (line("[r1]:2022"), "r1", 2022, ED, ""),
    "filed_without_port": (line("r1"), "r1", 2022, ED, ""),
    "other_key_of_another_port": (line("r1", OTHER), "r1", 2022, ED, "unknown_key"),
    "list": (line("a,r1,10.0.0.1"), "10.0.0.1", 22, ED, ""),
    "glob": (line("r*,!r9"), "r1", 22, ED, ""),
    "negated_glob": (line("r*,!r9"), "r9", 22, ED, "unknown_key"),
    "changed": (line("r1", OTHER), "r1", 22, ED, "key_changed"),
    "another_type_only": (line("r1", RSA, "ssh-rsa"), "r1", 22, ED, "key_changed"),
    "one_of_two": (line("r1", RSA, "ssh-rsa") + line("r1"), "r1", 22, ED, ""),
    "revoked": ("@revoked " + line("r1"), "r1", 22, ED, "revoked_key"),
    "revoked_beats_trusted": (line("r1") + "@revoked " + line("*"), "r1", 22, ED, "revoked_key"),
    "another_host": (line("r2"), "r1", 22, ED, "unknown_key"),
    "empty": ("", "r1", 22, ED, "unknown_key"),
    "ipv6": (line("[fe80::1]:22022"), "fe80::1", 22022, ED, ""),
    "comments": ("# note\n\n   \n" + line("r1").rstrip() + " me@here\n", "r1", 22, ED, ""),
}


@pytest.mark.parametrize("row", ROWS)
def test_openssh_format(tmp_path: Path, row: str) -> None:
    text, host, port, key, cause = ROWS[row]
    file = tmp_path / "known_hosts"
    file.write_text(text)
    keys = HostKeys("strict", (file,))
    assert verify(keys, host, port, key) == cause
    assert keys.warnings == ()


def test_hashed_names(tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    file.write_text("".join(line(paramiko.HostKeys.hash_host(name)) for name in ("r1", "[r2]:2022")))
    assert "r1" not in file.read_text()
    assert [verify(HostKeys("strict", (file,)), *where, ED) for where in (("r1", 22), ("r2", 2022), ("r2", 2023))] == [
        "",
        "",
        "unknown_key",
    ]


@pytest.mark.parametrize(
    "bad",
    [
        "r1 ssh-ed25519",
        "r1 ssh-ed25519 not/base64!",
        "r1 ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAA",
        "@cert-authority " + line("*"),
        "\x00\xff\xfe",
        "|1|x| y z",
    ],
    ids=range(6),
)
def test_a_mangled_line_is_a_warning_and_the_others_count(tmp_path: Path, bad: str) -> None:
    file = tmp_path / "known_hosts"
    file.write_text(f"{bad.rstrip()}\n{line('r1')}", encoding="latin-1")
    keys = HostKeys("strict", (file,))
    assert verify(keys, "r1", 22, ED) == ""
    assert [str(file) in warning and ":1 " in warning for warning in keys.warnings] == [True]


def test_f23_a_missing_file_is_empty_and_a_folder_is_a_warning(tmp_path: Path) -> None:
    assert HostKeys("strict", (tmp_path / "missing",)).warnings == ()
    assert "cannot be read" in HostKeys("strict", (tmp_path,)).warnings[0]


def test_keys_are_appended_behind_an_unfinished_line(tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    file.write_text(line("r1").rstrip())
    keys = HostKeys("accept-new", (), file)
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda number: verify(keys, f"n{number}", 2022, ED), range(50))) == {""}
    fresh = HostKeys("strict", (file,))
    assert [verify(fresh, host, port, ED) for host, port in [("r1", 22), *((f"n{number}", 2022) for number in range(50))]] == [""] * 51
    assert fresh.warnings == ()
    assert len(file.read_text().splitlines()) == 51


def test_an_accepted_key_that_cannot_be_kept_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    keys = HostKeys("accept-new", (), tmp_path / "file" / "known_hosts")
    assert verify(keys, "r1", 22, ED) == ""
    assert "was not kept" in keys.warnings[-1]


def test_known_types_are_asked_for_first(tmp_path: Path) -> None:
    offered = ("ssh-ed25519", "ecdsa-sha2-nistp256", "rsa-sha2-512", "rsa-sha2-256")
    keys = HostKeys("strict")
    assert keys.preferred("r1", 22, offered) == offered
    file = tmp_path / "known_hosts"
    file.write_text(line("r1", RSA, "ssh-rsa"))
    keys = HostKeys("strict", (file,))
    assert keys.preferred("r1", 22, offered)[:2] == ("rsa-sha2-512", "rsa-sha2-256")
    assert sorted(keys.preferred("r1", 22, offered)) == sorted(offered)


@pytest.mark.parametrize("key_type", ["ssh-rsa", "ecdsa-sha2-nistp256", "ssh-ed25519"])
def test_every_type_of_key_round_trips(key_type: str, tmp_path: Path, bench: Bench) -> None:
    file = tmp_path / "accepted"
    with server(cisco, key=key_type) as target:
        for mode in ("accept-new", "strict"):
            session = bench.session(target, keys=HostKeys(mode, (file,), file))
            session.connect()
            session.close()
    assert entry_name(target.hostname, target.port) in file.read_text()
