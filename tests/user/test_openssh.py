"""Against a real OpenSSH server: login by key, strict host keys, jump hosts, many sessions, and a close that the server saw."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.project import Project, Run
from tests.user.sshd import OpenSsh, openssh

PLAYBOOK = "- hosts: all\n  batch_size: 0\n  tasks:\n    - commands: [echo alive, uname]\n"


def has_ipv6() -> bool:
    with socket.socket(socket.AF_INET6) as sock:
        try:
            sock.bind(("::1", 0))
        except OSError:
            return False
    return True


class Net:
    """A project whose hosts are OpenSSH servers, with the credential `lab` in the user's configuration."""

    def __init__(self, project: Project) -> None:
        self.project = project
        project.write("play.yaml", PLAYBOOK)

    def hosts(self, hosts: Mapping[str, Mapping[str, Any]], known: str) -> None:
        defaults = {"platform": "linux", "credential": "lab"}
        self.project.write("inventory/hosts.yaml", json.dumps(hosts))
        self.project.write("inventory/defaults.yaml", json.dumps(defaults))
        self.project.write("inventory/known_hosts", known)

    def credential(self, server: OpenSsh, **more: str) -> None:
        lines = [f'username = "{server.user}"', *(f"{name} = {value}" for name, value in more.items())]
        self.project.write("home/.config/nornir-playbook/config.toml", "\n".join(["[credentials.lab]", *lines, ""]))

    def run(self, *options: str, env: Mapping[str, str] | None = None) -> Run:
        return self.project.run("run", "play.yaml", "--yes", "--format", "json", *options, env=env)


@pytest.fixture
def net(project: Project) -> Net:
    return Net(project)


def place(server: OpenSsh, **more: Any) -> dict[str, Any]:
    return {"hostname": server.host, "port": server.port, **more}


def test_a_login_by_key_file_runs_commands_and_is_closed(net: Net, tmp_path: Path) -> None:
    with openssh(tmp_path / "sshd") as server:
        net.hosts({"box": place(server)}, server.known_hosts())
        net.credential(server, key_file=f'"{server.key}"')
        run = net.run()
        assert run.code == 0, run.stderr
        [task] = run.json["results"]["box"]["tasks"]
        assert [each["output"] for each in task["results"]] == ["alive", "Linux"]
        assert server.log.count("Accepted publickey for") == 1
        server.wait_closed(1)


def test_a_refused_key_is_told_with_its_fingerprint(net: Net, tmp_path: Path) -> None:
    with openssh(tmp_path / "sshd") as server:
        (server.folder / "authorized_keys").write_text("")
        net.hosts({"box": place(server)}, server.known_hosts())
        net.credential(server, key_file=f'"{server.key}"')
        run = net.run()
        host = run.json["results"]["box"]
        assert (run.code, host["status"], host["phase"]) == (4, "unreachable", "auth")
        assert f"tried: key {server.key} (ED25519 SHA256:" in host["reason"]
        assert "Accepted" not in server.log


def test_a_missing_key_file_is_exit_3_and_nothing_was_touched(net: Net, tmp_path: Path) -> None:
    with openssh(tmp_path / "sshd") as server:
        net.hosts({"box": place(server)}, server.known_hosts())
        net.credential(server, key_file='"~/.ssh/gone"')
        run = net.run()
        assert run.code == 3
        assert "/.ssh/gone does not exist" in run.stderr
        assert "Connection from" not in server.log


@pytest.mark.parametrize(("known", "cause"), [("", "its key is not known"), ("other", "its key is not the known one")])
def test_f21_f22_a_host_key_is_strictly_checked(net: Net, tmp_path: Path, known: str, cause: str) -> None:
    with openssh(tmp_path / "sshd") as server, openssh(tmp_path / "other") as other:
        line = other.known_hosts().replace(f":{other.port} ", f":{server.port} ") if known else ""
        net.hosts({"box": place(server)}, line)
        net.credential(server, key_file=f'"{server.key}"')
        run = net.run()
        assert run.code == 4
        assert cause in run.json["results"]["box"]["reason"]
        assert "publickey" not in server.log


def test_many_hosts_through_one_jump_connection(net: Net, tmp_path: Path) -> None:
    with openssh(tmp_path / "sshd") as server, openssh(tmp_path / "jump") as jump:
        (jump.folder / "authorized_keys").write_text((server.folder / "authorized_keys").read_text())
        inner = {f"box{number}": place(server, jump_host="bastion") for number in range(12)}
        net.hosts({"bastion": place(jump), **inner}, server.known_hosts() + jump.known_hosts())
        net.credential(server, key_file=f'"{server.key}"')
        run = net.run("--limit", "box*")
        assert run.code == 0, run.stderr
        assert {host["status"] for host in run.json["results"].values()} <= {"ok", "changed"}
        server.wait_closed(12)
        jump.wait_closed(1)
        assert jump.log.count("Accepted publickey for") == 1
        assert server.log.count("Accepted publickey for") == 12


def test_a_jump_host_that_forwards_nothing(net: Net, tmp_path: Path) -> None:
    with openssh(tmp_path / "sshd") as server, openssh(tmp_path / "jump", "AllowTcpForwarding no") as jump:
        (jump.folder / "authorized_keys").write_text((server.folder / "authorized_keys").read_text())
        net.hosts({"bastion": place(jump), "box": place(server, jump_host="bastion")}, server.known_hosts() + jump.known_hosts())
        net.credential(server, key_file=f'"{server.key}"')
        run = net.run("--limit", "box")
        host = run.json["results"]["box"]
        assert (run.code, host["phase"]) == (4, "tcp")
        assert "through bastion: jump host bastion does not forward to it" in host["reason"]
        jump.wait_closed(1)


def test_nothing_listens_behind_the_jump_host(net: Net, tmp_path: Path) -> None:
    with openssh(tmp_path / "jump") as jump, socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # held, and nobody listens
        box = {"hostname": "127.0.0.1", "port": unused.getsockname()[1], "jump_host": "bastion"}
        net.hosts({"bastion": place(jump), "box": box}, jump.known_hosts())
        net.credential(jump, key_file=f'"{jump.key}"')
        host = net.run("--limit", "box").json["results"]["box"]
        assert host["phase"] == "tcp"
        assert "through bastion: refused, nothing listens on this port" in host["reason"]


def test_f27_a_host_key_that_signs_with_sha1_needs_the_opt_in(net: Net, tmp_path: Path) -> None:
    with openssh(tmp_path / "sshd", "HostKeyAlgorithms ssh-rsa", host_key="rsa") as server:
        net.credential(server, key_file=f'"{server.key}"')
        net.hosts({"old": place(server)}, server.known_hosts())
        run = net.run()
        assert run.code == 4
        host = run.json["results"]["old"]
        assert "no common algorithm, the device offers only: host key ssh-rsa" in host["reason"]
        assert "write `legacy_algorithms: true` at old in the inventory" in host["hint"]
        net.hosts({"old": place(server, legacy_algorithms=True)}, server.known_hosts())
        assert net.run().code == 0
        server.wait_closed(1)


def test_f27_a_server_of_long_ago(net: Net, tmp_path: Path) -> None:
    old = ("KexAlgorithms diffie-hellman-group1-sha1", "Ciphers 3des-cbc", "MACs hmac-md5", "HostKeyAlgorithms ssh-rsa")
    with openssh(tmp_path / "sshd", *old, host_key="rsa") as server:
        net.credential(server, key_file=f'"{server.key}"')
        net.hosts({"old": place(server, legacy_algorithms=True)}, server.known_hosts())
        run = net.run()
        assert run.code == 0, run.stdout


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no ::1")
def test_f26_ipv6(net: Net, tmp_path: Path) -> None:
    with openssh(tmp_path / "sshd", host="::1") as server:
        net.credential(server, key_file=f'"{server.key}"')
        net.hosts({"six": place(server), "named": {"hostname": "localhost", "port": 1}}, server.known_hosts())
        run = net.run("--limit", "six")
        assert run.code == 0, run.stderr
        net.hosts({"six": place(server)}, "")
        refused = net.run()
        assert f"[::1]:{server.port}: its key is not known" in refused.json["results"]["six"]["reason"]


def test_a_key_and_a_password_that_the_server_wants_both(net: Net, tmp_path: Path) -> None:
    with openssh(tmp_path / "sshd", "PasswordAuthentication yes", "AuthenticationMethods publickey,password") as server:
        net.hosts({"box": place(server)}, server.known_hosts())
        net.credential(server, key_file=f'"{server.key}"', password='{ env = "SECOND" }')
        host = net.run(env={"SECOND": "not-the-users"}).json["results"]["box"]
        assert (host["status"], host["phase"]) == ("unreachable", "auth")
        assert "Partial publickey for" in server.log
        assert server.log.count("Failed password for") == 1
        assert "not-the-users" not in server.log
