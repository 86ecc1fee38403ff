"""A real OpenSSH server: started by a test on a loopback port, as the present user, with keys and a shell of its own."""

from __future__ import annotations

import getpass
import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.user.programs import needed
from tests.user.waiting import until

PROMPT = "lab$ "

_CONFIG = """
{more}
ListenAddress {address}
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/authorized_keys
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin yes
PrintMotd no
PrintLastLog no
LogLevel VERBOSE
MaxStartups 200
ForceCommand exec env -i HOME=/ TERM=dumb PATH={path} PS1='{prompt}' /bin/sh -i
"""


class OpenSsh:
    """A running server. `key` is the private key that it lets in, `log` what it has written so far."""

    def __init__(self, folder: Path, host: str, port: int) -> None:
        self.folder, self.host, self.port = folder, host, port
        self.key = folder / "id"
        self.user = getpass.getuser()

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def known_hosts(self) -> str:
        """The line under which OpenSSH's client would know it."""
        kind, key = (self.folder / "host_key.pub").read_text().split()[:2]
        return f"[{self.host}]:{self.port} {kind} {key}\n"

    def wait_closed(self, sessions: int) -> None:
        """Wait until it has noted the end of that many sessions."""
        until(lambda: self.log.count("Disconnected from user") >= sessions, f"{sessions} sessions closed, seen by sshd:\n{self.log}")


@contextmanager
def openssh(folder: Path, *more: str, host: str = "127.0.0.1", host_key: str = "ed25519") -> Iterator[OpenSsh]:
    """Start one in a folder; `more` are lines of its configuration, which win over ours."""
    program = needed("sshd", "openssh-server")
    folder.mkdir()
    for name, kind in (("id", "ed25519"), ("host_key", host_key)):
        subprocess.run([needed("ssh-keygen", "openssh-client"), "-q", "-t", kind, "-N", "", "-f", str(folder / name)], check=True)
    (folder / "authorized_keys").write_text((folder / "id.pub").read_text())
    if os.geteuid() == 0:  # what the system's own service makes when it starts; only root's servers use it
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    port = _free_port(host)
    config = folder / "sshd_config"
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    config.write_text(_CONFIG.format(folder=folder, address=address, more="\n".join(more), path=os.defpath, prompt=PROMPT))
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([program, "-D", "-e", "-f", str(config)], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    server = OpenSsh(folder, host, port)
    try:
        until(lambda: "Server listening" in server.log or process.poll() is not None, "sshd listens")
        assert process.poll() is None, server.log
        yield server
    finally:
        process.terminate()
        process.wait(10)


def _free_port(host: str) -> int:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as sock:
        sock.bind((host, 0))
        return int(sock.getsockname()[1])
