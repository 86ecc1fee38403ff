"""The places a login value can come from: an environment variable, the keyring, a program, a file. Each gives a Secret or says why not."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from runner.secret import Secret

COMMAND_SECONDS = 60.0
"""How long a program may take; some ask the user for a key phrase first."""


class Unavailable(Exception):
    """There is no value. The message says why and the hint what to do; neither ever holds a value or an output."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


ReadKeyring = Callable[[str, str], str | None]
"""Service and user to the password, None when there is no such entry."""


def from_environment(name: str, environ: Mapping[str, str]) -> Secret:
    """An environment variable; an empty one counts as not set."""
    value = environ.get(name, "")
    if not value:
        raise Unavailable(f"the environment variable {name} is not set", "set it before the run")
    return Secret(value)


def from_keyring(entry: str, read: ReadKeyring) -> Secret:
    """An entry SERVICE/USER of a keyring."""
    service, _, user = entry.rpartition("/")
    try:
        value = read(service, user)
    except Unavailable:
        raise
    except Exception as error:  # keyrings are plugins: whatever one raises, its words may hold the value
        raise Unavailable(f"the keyring failed with {type(error).__name__}", "unlock it or choose another keyring") from None
    if not value:
        raise Unavailable(f"the keyring has no entry {entry}", f"add it with `keyring set {service} {user}`")
    return Secret(value)


def system_keyring(service: str, user: str) -> str | None:
    """An entry of the system's keyring. Importing it costs time, so that it is done only when an entry is asked for."""
    import keyring
    from keyring.errors import KeyringLocked, NoKeyringError

    try:
        return keyring.get_password(service, user)
    except NoKeyringError:
        raise Unavailable("this machine has no keyring", "use `env:NAME`, or install a backend for `keyring`") from None
    except KeyringLocked:
        raise Unavailable("the keyring is locked", "unlock it before the run") from None


def from_command(arguments: Sequence[str], environ: Mapping[str, str], seconds: float = COMMAND_SECONDS) -> Secret:
    """The first line that a program prints. It may talk to the terminal through its input; what it says as errors is thrown away."""
    name = arguments[0]
    try:
        done = subprocess.run(  # noqa: S603 - a list without a shell, from the user's own configuration alone
            list(arguments), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=dict(environ), timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        raise Unavailable(f"the program '{name}' did not end within {seconds:g} seconds", "run it by hand to see why") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "its arguments cannot be passed on"
        raise Unavailable(f"the program '{name}' could not be started: {reason}", "check its name") from None
    if done.returncode != 0:
        raise Unavailable(f"the program '{name}' ended with exit code {done.returncode}", "run it by hand to see why")
    return _first_line(done.stdout, f"the program '{name}' printed nothing", "run it by hand to see why")


def from_file(path: str) -> Secret:
    """The first line of a file."""
    file = Path(path).expanduser()
    try:
        content = file.read_bytes()
    except OSError as error:
        raise Unavailable(f"the file {file} cannot be read: {error.strerror}", "check its name and its rights") from None
    return _first_line(content, f"the first line of {file} is empty", "write the value into it")


def _first_line(content: bytes, empty: str, hint: str) -> Secret:
    line = content.split(b"\n", 1)[0].removesuffix(b"\r")
    if not line:
        raise Unavailable(empty, hint)
    try:
        return Secret(line.decode("utf-8"))
    except UnicodeDecodeError:
        raise Unavailable("the value is not UTF-8 text", "store it as such") from None
