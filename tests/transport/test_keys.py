"""Logins by key: which keys are offered, in which order and how many; files that cannot be used are told before connecting."""

from __future__ import annotations

import functools
import os
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from runner.errors import InputError, SessionError
from runner.secret import Secret
from runner.target import Limits, Target
from runner.transport.connection import GuardedNetmiko
from runner.transport.host_keys import HostKeys
from runner.transport.keys import KeyFiles
from runner.transport.offers import MOST_KEYS
from tests.transport.doors import Door, door
from tests.user.programs import needed

LIMITS = Limits(connect=5.0, command=5.0, close=1.0)
PHRASE = "canary-Phra5e"


def key_file(
    folder: Path, name: str = "id", kind: str = "ssh-ed25519", form: str = "openssh", **options: Any
) -> tuple[Path, asyncssh.SSHKey]:
    """A private key in a file, as ssh-keygen leaves it, and the key."""
    sizes: dict[str, Any] = {"key_size": 2048} if kind == "ssh-rsa" else {}
    key = asyncssh.generate_private_key(kind, None, **sizes)
    path = folder / name
    path.write_bytes(key.export_private_key(form, **options))
    path.chmod(0o600)
    return path, key


def log_in(target: Target) -> str:
    """What is wrong, as phase and cause and message; empty when the login succeeded."""
    session = GuardedNetmiko(target, LIMITS, HostKeys("ignore"), threading.Event())
    try:
        session.connect()
    except SessionError as error:
        return f"{error.phase} {error.cause} {error.message}"
    finally:
        session.close()
    return ""


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        ("ssh-ed25519", "openssh"),
        ("ssh-rsa", "openssh"),
        ("ssh-rsa", "pkcs1-pem"),
        ("ssh-rsa", "pkcs8-pem"),
        ("ecdsa-sha2-nistp256", "openssh"),
        ("ecdsa-sha2-nistp384", "pkcs8-pem"),
        ("ecdsa-sha2-nistp521", "pkcs1-pem"),
    ],
)
def test_every_kind_of_key_in_every_form(tmp_path: Path, kind: str, form: str) -> None:
    path, key = key_file(tmp_path, kind=kind, form=form)
    accepts = Door(keys=[key])
    with door(accepts) as target:
        assert log_in(replace(target, key_file=path, password=None)) == ""
    assert accepts.tried == [f"key {key.get_fingerprint()}"]


@pytest.mark.parametrize("form", ["openssh", "pkcs8-pem"])
def test_a_pass_phrase_opens_a_key(tmp_path: Path, form: str) -> None:
    rounds: dict[str, Any] = {"rounds": 50} if form == "openssh" else {}
    path, key = key_file(tmp_path, form=form, passphrase=PHRASE, **rounds)
    with door(Door(keys=[key])) as target:
        assert log_in(replace(target, key_file=path, passphrase=Secret(PHRASE), password=None)) == ""


def test_key_then_password_as_openssh_does(tmp_path: Path) -> None:
    path, key = key_file(tmp_path)
    accepts = Door(keys=[asyncssh.generate_private_key("ssh-ed25519")])
    with door(accepts) as target:
        assert log_in(replace(target, key_file=path)) == ""
    assert accepts.tried == [f"key {key.get_fingerprint()}", "password admin"]


def test_f24_a_rejection_names_what_was_tried_and_the_password_goes_once(tmp_path: Path) -> None:
    path, key = key_file(tmp_path)
    accepts = Door(keys=[asyncssh.generate_private_key("ssh-ed25519")])
    with door(accepts) as target:
        told = log_in(replace(target, key_file=path, password=Secret("canary-wr0ng")))
    assert told.startswith("auth rejected")
    assert f"tried: key {path} (ED25519 {key.get_fingerprint()}), password" in told
    assert "canary" not in told
    assert [each for each in accepts.tried if each.startswith("password")] == ["password canary-wr0ng"]


def test_no_password_and_no_key_that_fits(tmp_path: Path) -> None:
    path, _ = key_file(tmp_path)
    with door(Door(password=None, keys=[asyncssh.generate_private_key("ssh-ed25519")])) as target:
        assert log_in(replace(target, key_file=path)).startswith("auth rejected")
        assert log_in(target).startswith("auth no_method")
    with door(Door()) as target:
        assert log_in(replace(target, key_file=path, password=None)).startswith("auth no_password")


@functools.cache
def locked_key() -> bytes:
    """Made once: locking takes its time by design."""
    return bytes(asyncssh.generate_private_key("ssh-ed25519").export_private_key(passphrase=PHRASE, rounds=50))


def broken_files(folder: Path) -> dict[str, tuple[Path, Secret | None, str, str]]:
    """Files that hold no usable key: each with what is said and what the hint says."""
    locked, _ = key_file(folder, "locked")
    locked.write_bytes(locked_key())
    public, _ = key_file(folder, "public.pub")
    public.write_bytes(asyncssh.generate_private_key("ssh-ed25519").export_public_key())
    loose, _ = key_file(folder, "loose")
    loose.chmod(0o640)
    damaged, _ = key_file(folder, "damaged")
    lines = damaged.read_text().splitlines()
    damaged.write_text("\n".join([lines[0], "AAAA" + lines[1], *lines[2:]]))
    putty, text = folder / "putty.ppk", folder / "text"
    putty.write_text("PuTTY-User-Key-File-3: ssh-ed25519\n")
    text.write_text(f"password: {PHRASE}\n")
    fifo, large = folder / "fifo", folder / "large"
    os.mkfifo(fifo)
    large.write_bytes(b"x" * 200_000)
    for path in (public, putty, text, fifo, large):
        path.chmod(0o600)
    return {
        "missing": (folder / "gone", None, "does not exist", "key_file"),
        "folder": (folder, None, "is no key file", "key_file"),
        "fifo": (fifo, None, "is no key file", "key_file"),
        "large": (large, None, "is no key file", "key_file"),
        "locked": (locked, None, "is locked with a pass phrase", "passphrase"),
        "wrong_phrase": (locked, Secret("canary-no"), "the pass phrase does not open", "passphrase"),
        "public": (public, None, "holds a public key", "without `.pub`"),
        "loose": (loose, None, "others may read or write the key file", f"chmod 600 {loose}"),
        "damaged": (damaged, None, "is damaged", "anew"),
        "putty": (putty, None, "is a key of PuTTY", "puttygen"),
        "text": (text, None, "holds no private key", "key_file"),
    }


@pytest.mark.parametrize(
    "row", ["missing", "folder", "fifo", "large", "locked", "wrong_phrase", "public", "loose", "damaged", "putty", "text"]
)
def test_f60_an_unusable_key_is_told_before_connecting(tmp_path: Path, row: str) -> None:
    path, phrase, message, hint = broken_files(tmp_path)[row]
    target = Target(name="r1", hostname="r1.invalid", key_file=path, passphrase=phrase)
    with pytest.raises(InputError) as caught:
        KeyFiles().check([target, replace(target, name="r2"), replace(target, name="r3", jump=target)])
    assert caught.value.exit_code == 3
    [problem] = caught.value.problems
    assert problem.message.startswith("r1 and 2 more: ")
    assert message in problem.message
    assert hint in problem.hint
    assert "canary" not in str(problem)
    assert str(path) in problem.message


def test_a_key_of_a_session_without_a_check_is_an_error_of_the_login(tmp_path: Path) -> None:
    with door(Door(keys=[asyncssh.generate_private_key("ssh-ed25519")])) as target:
        assert "does not exist" in log_in(replace(target, key_file=tmp_path / "gone"))


@pytest.fixture
def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An agent of OpenSSH, and the folder with its socket."""
    path = tmp_path / "agent"
    process = subprocess.Popen([needed("ssh-agent", "openssh-client"), "-D", "-a", str(path)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()  # said when it listens
    monkeypatch.setenv("SSH_AUTH_SOCK", str(path))
    yield tmp_path
    process.terminate()
    process.communicate()


def add(folder: Path, count: int, kind: str = "ssh-ed25519") -> list[asyncssh.SSHKey]:
    """Keys of the agent, whose files are gone."""
    keys = []
    for number in range(count):
        path, key = key_file(folder, f"id{number}-{kind}", kind)
        subprocess.run([needed("ssh-add", "openssh-client"), "-q", str(path)], check=True)
        path.unlink()
        keys.append(key)
    return keys


@pytest.mark.parametrize("kind", ["ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256"])
def test_the_agent_signs(agent: Path, kind: str) -> None:
    [key] = add(agent, 1, kind)
    with door(Door(keys=[key])) as target:
        assert log_in(replace(target, agent=True, password=None)) == ""


def test_the_agent_is_not_used_unless_it_was_asked_for(agent: Path) -> None:
    [key] = add(agent, 1)
    accepts = Door(keys=[key])
    with door(accepts) as target:
        assert log_in(target) == ""
    assert accepts.tried == ["password admin"]


def test_f24_never_more_keys_than_a_device_bears(agent: Path) -> None:
    add(agent, 7)
    accepts = Door(keys=[asyncssh.generate_private_key("ssh-ed25519")])
    with door(accepts) as target:
        assert log_in(replace(target, agent=True)) == ""
    assert [each.split()[0] for each in accepts.tried] == ["key"] * MOST_KEYS + ["password"]


def test_key_file_goes_before_the_agent_and_no_key_twice(agent: Path) -> None:
    path, key = key_file(agent)
    subprocess.run([needed("ssh-add", "openssh-client"), "-q", str(path)], check=True)
    [other] = add(agent, 1)
    accepts = Door(keys=[asyncssh.generate_private_key("ssh-ed25519")])
    with door(accepts) as target:
        log_in(replace(target, key_file=path, agent=True, password=None))
    assert accepts.tried == [f"key {key.get_fingerprint()}", f"key {other.get_fingerprint()}"]


def test_no_agent_is_told_before_connecting_where_it_is_the_only_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    target = Target(name="r1", hostname="r1.invalid", agent=True)
    with pytest.raises(InputError, match="r1: no SSH agent is running"):
        KeyFiles().check([target])
    KeyFiles().check([replace(target, password=Secret("x"))])
    monkeypatch.setenv("SSH_AUTH_SOCK", str(tmp_path / "gone"))
    with pytest.raises(InputError, match="no SSH agent is running"):
        KeyFiles().check([target])


def test_an_empty_agent_is_told_before_connecting(agent: Path) -> None:
    with pytest.raises(InputError, match="the SSH agent holds no key"):
        KeyFiles().check([Target(name="r1", hostname="r1.invalid", agent=True)])
