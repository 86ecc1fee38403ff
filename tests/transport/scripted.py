"""An SSH server that does what a test says, for what the lab's devices are too well-behaved for."""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import cast

import asyncssh

from runner.lab import ports
from runner.lab.background import Background
from runner.secret import Secret
from runner.target import Target

Reader = asyncssh.SSHReader[bytes]
Writer = asyncssh.SSHWriter[bytes]
Talk = Callable[[Reader, Writer], Awaitable[None]]


class Login(asyncssh.SSHServer):
    """Which logins there are, and what was tried."""

    def __init__(self, *, password: bool = True, questions: tuple[str, ...] = (), nothing: bool = False) -> None:
        self._password, self._questions, self._nothing = password, questions, nothing
        self.tried: list[str] = []

    def begin_auth(self, username: str) -> bool:
        return not self._nothing

    def password_auth_supported(self) -> bool:
        return self._password

    def validate_password(self, username: str, password: str) -> bool:
        self.tried.append(f"password {password}")
        return password == "admin"

    def kbdint_auth_supported(self) -> bool:
        return bool(self._questions)

    def get_kbdint_challenge(self, username: str, lang: str, submethods: str) -> asyncssh.auth.KbdIntChallenge:
        return "", "", "", [(text, False) for text in self._questions]

    def validate_kbdint_response(self, username: str, responses: Sequence[str]) -> asyncssh.auth.KbdIntChallenge:
        self.tried.append(f"interactive {','.join(responses)}")
        return list(responses) == ["admin"]


async def cisco(
    reader: Reader, writer: Writer, *, answers: Callable[[bytes], bytes] = lambda line: b"", echo: bool = True, prompt: bytes = b"r1#"
) -> None:
    """A device of a few lines: prompt, line, echo, answer, prompt."""
    writer.write(b"\r\n" + prompt)
    while line := await reader.readline():
        line = line.strip()
        writer.write((line if echo else b"") + b"\r\n" + answers(line) + prompt)


@contextmanager
def server(talk: Talk, login: Login | None = None, key: str = "ssh-ed25519") -> Iterator[Target]:
    """Serves `talk` as the shell of every session; gives the target to connect to."""
    background, used = Background("scripted-ssh"), login or Login()
    sock = next(free_sockets())

    async def shell(stdin: Reader, stdout: Writer, stderr: Writer) -> None:
        with suppress(OSError, asyncssh.Error):
            await talk(stdin, stdout)
        cast(asyncssh.SSHServerChannel[bytes], stdout.channel).exit(0)

    async def start() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            sock=sock,
            server_factory=lambda: used,
            session_factory=shell,
            server_host_keys=[asyncssh.generate_private_key(key)],
            encoding=None,
            line_editor=False,
        )

    acceptor = background.call(start())
    try:
        port = sock.getsockname()[1]
        yield Target(name="r1", hostname="127.0.0.1", port=port, username="admin", password=Secret("admin"), platform="cisco_ios")
    finally:
        background.call(stopped(acceptor))
        background.stop()


async def stopped(acceptor: asyncssh.SSHAcceptor) -> None:
    acceptor.close()
    await acceptor.wait_closed()


def free_sockets() -> Iterator[socket.socket]:
    for port in ports.FREE_RANGE:
        try:
            yield ports.listen(port)
        except OSError:
            continue
