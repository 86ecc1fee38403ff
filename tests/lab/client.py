"""A thin Paramiko client for judging the lab step by step, with a deadline at each."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import paramiko
from netmiko import ConnectHandler
from netmiko.base_connection import BaseConnection

from runner.lab import Fleet

PATIENCE = 10.0
BANNER = b"SSH-2.0-Cisco-1.25\r\n"
PASSWORD = "admin"
SILENCE = 0.3
"""Long enough to believe that nothing comes from a loopback device."""


def raw(fleet: Fleet, name: str = "r1") -> socket.socket:
    """A TCP connection and nothing more."""
    return socket.create_connection(fleet.address(name), timeout=PATIENCE)


@contextmanager
def transport(fleet: Fleet, name: str, *, password: str | None = PASSWORD) -> Iterator[paramiko.Transport]:
    """A key-exchanged transport, logged in unless `password` is None; closed in the end."""
    sock = socket.create_connection(fleet.address(name), timeout=PATIENCE)
    client = paramiko.Transport(sock)
    try:
        client.auth_timeout = PATIENCE
        client.start_client(timeout=PATIENCE)
        if password is not None:
            client.auth_password("admin", password)
        yield client
    finally:
        client.close()


@contextmanager
def shell(fleet: Fleet, name: str, *, password: str = PASSWORD) -> Iterator[paramiko.Channel]:
    """A shell on a terminal, nothing read yet."""
    with transport(fleet, name, password=password) as client:
        channel = client.open_session(timeout=PATIENCE)
        channel.get_pty()
        channel.invoke_shell()
        channel.settimeout(PATIENCE)
        yield channel


def read_until(channel: paramiko.Channel, end: bytes) -> bytes:
    """What comes up to and including `end`, after which the device must be silent: two outputs may come in one packet."""
    data = bytearray()
    deadline = time.monotonic() + PATIENCE
    while not data.endswith(end):
        more = channel.recv(65536)
        assert more, f"closed after {bytes(data)!r}"
        assert time.monotonic() < deadline, f"no {end!r} in {bytes(data)!r}"
        data += more
    return bytes(data)


def read_to_end(channel: paramiko.Channel) -> bytes:
    """Everything until the device closes the channel."""
    data = bytearray()
    while more := channel.recv(65536):
        data += more
    return bytes(data)


def is_silent(source: paramiko.Channel | socket.socket) -> bool:
    """True when nothing comes, not even the end."""
    source.settimeout(SILENCE)
    try:
        source.recv(1)
    except TimeoutError:
        return True
    return False


def ask(channel: paramiko.Channel, line: str, prompt: str = "r1#") -> str:
    """Send a line and read up to the next prompt; echo and prompt are cut off."""
    channel.sendall(f"{line}\n".encode())
    data = read_until(channel, prompt.encode()).decode()
    return data.removeprefix(line + "\r\n").removesuffix(prompt).replace("\r\n", "\n")


@contextmanager
def netmiko(fleet: Fleet, name: str, *, platform: str = "cisco_ios", **options: object) -> Iterator[BaseConnection]:
    """A Netmiko connection, disconnected in the end."""
    host, port = fleet.address(name)
    login = {"username": "admin", "password": PASSWORD, **options}
    connection = ConnectHandler(device_type=platform, host=host, port=port, **login)
    try:
        yield connection
    finally:
        connection.disconnect()
