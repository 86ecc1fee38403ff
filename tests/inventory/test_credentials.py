"""Logins come from where the inventory says, once, and their values show themselves nowhere."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from runner.errors import InputError
from runner.inventory.credentials import Resolver, plain_password_warning, target_of, targets_of
from runner.settings.load import Settings, load_settings
from runner.target import Target
from tests.inventory.fleet import load, problems

CANARY = "CANARY-hunter2"


def settings_with(folder: Path, text: str) -> Settings:
    config = folder / "config.toml"
    config.write_text(text, encoding="utf-8")
    return load_settings(flags={}, environ={}, user_config=config)


def no_keyring(service: str, user: str) -> str | None:
    raise AssertionError(f"nobody asked for {service}/{user}")


def resolver(settings: Settings | None = None, environ: Mapping[str, str] | None = None) -> Resolver:
    return Resolver(settings or Settings(), environ=environ or {}, read_keyring=no_keyring)


def revealed(target: Target) -> tuple[str, str | None, str | None]:
    return target.username, target.password.reveal() if target.password else None, target.secret.reveal() if target.secret else None


def test_a_target_has_what_the_transport_needs(tmp_path: Path) -> None:
    hosts = (
        "r1: {hostname: h, port: 2201, username: u, password: p, platform: ios, connection_options: {netmiko: {extras: {keepalive: 5}}}}"
    )
    target = target_of(load(tmp_path, hosts=hosts).devices["r1"], resolver())
    assert (target.name, target.hostname, target.port, target.platform, target.options) == ("r1", "h", 2201, "cisco_ios", {"keepalive": 5})
    assert revealed(target) == ("u", "p", None)


@pytest.mark.parametrize(
    ("hosts", "expected"),
    [
        ("r1: {username: u, password: p, secret: s}", ("u", "p", "s")),
        ("r1: {}", ("du", "dp", "ds")),
        ("r1: {groups: [g]}", ("gu", "gp", "ds")),
        ("r1: {groups: [g], password: p}", ("gu", "p", "ds")),
        ("r1: {username: u, connection_options: {netmiko: {username: cu, password: cp, extras: {secret: cs}}}}", ("cu", "cp", "cs")),
        ("r1: {username: u, groups: [c]}", ("ccu", "dp", "ds")),
        ("r1: {username: 'env:U', password: 'env:P', secret: 'env:S'}", ("eu", "ep", "es")),
        ("r1: {credential: lab}", ("lu", "lp", "ds")),
        ("r1: {credential: lab, username: u, secret: s}", ("u", "lp", "s")),
        ("r1: {credential: only-secret}", ("du", "dp", "os")),
    ],
)
def test_the_nearest_value_wins(tmp_path: Path, hosts: str, expected: tuple[str, str, str]) -> None:
    groups = "g: {username: gu, password: gp}\nc: {connection_options: {netmiko: {username: ccu}}}"
    config = '[credentials.lab]\nusername = "lu"\npassword = {env = "LP"}\n[credentials.only-secret]\nsecret = {env = "OS"}\n'
    environ = {"U": "eu", "P": "ep", "S": "es", "LP": "lp", "OS": "os"}
    inventory = load(tmp_path, hosts=hosts, groups=groups, defaults="{username: du, password: dp, secret: ds}")
    target = target_of(inventory.devices["r1"], resolver(settings_with(tmp_path, config), environ))
    assert revealed(target) == expected


def test_a_credential_can_come_from_a_program_a_file_and_the_keyring(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"from-file\r\nsecond line\n")
    program = [sys.executable, "-c", "print('from-cmd'); print('second line')"]
    config = (
        f"[credentials.a]\nusername = {{keyring = 'lab/x/me'}}\npassword = {{cmd = {program}}}\nsecret = {{file = '{tmp_path}/secret'}}\n"
    )
    asked = []

    def keyring(service: str, user: str) -> str:
        asked.append((service, user))
        return "from-keyring"

    device = load(tmp_path, hosts="r1: {credential: a}").devices["r1"]
    target = target_of(device, Resolver(settings_with(tmp_path, config), environ=os.environ, read_keyring=keyring))
    assert revealed(target) == ("from-keyring", "from-cmd", "from-file")
    assert asked == [("lab/x", "me")]


def test_each_reference_is_fetched_once(tmp_path: Path) -> None:
    asked = []

    def keyring(service: str, user: str) -> str | None:
        asked.append(user)
        return None if user == "gone" else f"{user}-password"

    names = {f"r{number}": "gone" if number % 2 else "here" for number in range(20)}
    inventory = load(tmp_path, hosts="\n".join(f"{name}: {{username: u, password: 'keyring:lab/{user}'}}" for name, user in names.items()))
    with pytest.raises(InputError) as caught:
        targets_of(inventory.devices.values(), Resolver(Settings(), environ={}, read_keyring=keyring))
    assert sorted(asked) == ["gone", "here"]
    [problem] = caught.value.problems
    assert problem.message == "r1 and 9 more: the keyring has no entry lab/gone"
    assert problem.hint == "add it with `keyring set lab gone`"
    assert problem.where is not None
    assert problem.where.line == 2


def test_a_typed_password_is_asked_for_once_and_beats_the_inventory(tmp_path: Path) -> None:
    prompts = []

    def ask(prompt: str) -> str:
        prompts.append(prompt)
        return "typed"

    inventory = load(tmp_path, hosts="r1: {username: u, password: p}\nr2: {username: u, password: 'env:NOT_SET'}\n")
    fetched = Resolver(Settings(), environ={}, ask_pass=ask, ask_enable=ask)
    targets = targets_of(inventory.devices.values(), fetched)
    assert [revealed(target) for target in targets.values()] == [("u", "typed", "typed")] * 2
    assert prompts == ["Password of the devices: ", "Enable secret of the devices: "]
    assert {secret.reveal() for secret in fetched.secrets} == {"typed"}


def test_nothing_typed_is_an_error(tmp_path: Path) -> None:
    inventory = load(tmp_path, hosts="r1: {username: u}\n")
    with pytest.raises(InputError, match="r1: nothing was typed for --ask-pass"):
        targets_of(inventory.devices.values(), Resolver(Settings(), environ={}, ask_pass=lambda prompt: ""))


@pytest.mark.parametrize(
    ("hosts", "expected"),
    [
        ("r1: {password: p}", "r1: no username (write `username: NAME` in the inventory)"),
        (
            "r1: {username: u}",
            "r1: no password (write `password: env:NAME`, `password: keyring:SERVICE/USER` or `credential: NAME` in the inventory, "
            "or use --ask-pass)",
        ),
        ("r1: {username: u, password: 'env:LAB_PW'}", "r1: the environment variable LAB_PW is not set (set it before the run)"),
        (
            "r1: {username: u, password: p, secret: 'env:LAB_PW'}",
            "r1: the environment variable LAB_PW is not set (set it before the run)",
        ),
        ("r1: {credential: labs}", "r1: your configuration has no credential 'labs' (did you mean 'lab'?)"),
        (
            "r1: {credential: fails}",
            "r1: credential 'fails': the program 'false' ended with exit code 1 (run it by hand to see why)",
        ),
        (
            "r1: {credential: silent}",
            "r1: credential 'silent': the program 'true' printed nothing (run it by hand to see why)",
        ),
        (
            "r1: {credential: absent}",
            "r1: credential 'absent': the program 'no-such-program' could not be started: No such file or directory (check its name)",
        ),
        (
            "r1: {credential: no-file}",
            "r1: credential 'no-file': the file /no/such cannot be read: No such file or directory (check its name and its rights)",
        ),
    ],
)
def test_a_value_that_cannot_be_had_says_why_and_what_to_do(tmp_path: Path, hosts: str, expected: str) -> None:
    config = """
        credentials.lab.password.env = "X"
        credentials.fails = { username = "u", password = { cmd = ["false"] } }
        credentials.silent = { username = "u", password = { cmd = ["true"] } }
        credentials.absent = { username = "u", password = { cmd = ["no-such-program"] } }
        credentials.no-file = { username = "u", password = { file = "/no/such" } }
    """
    device = load(tmp_path, hosts=hosts).devices["r1"]
    with pytest.raises(InputError) as caught:
        target_of(device, resolver(settings_with(tmp_path, config), {"PATH": os.environ["PATH"]}))
    [problem] = caught.value.problems
    assert f"{problem.message} ({problem.hint})" == expected


def test_what_a_failing_program_prints_is_in_no_error(tmp_path: Path) -> None:
    program = [sys.executable, "-c", f"import sys; print('{CANARY}'); sys.stderr.write('{CANARY}'); sys.exit(3)"]
    device = load(tmp_path, hosts="r1: {username: u, credential: a}").devices["r1"]
    with pytest.raises(InputError) as caught:
        target_of(device, resolver(settings_with(tmp_path, f"[credentials.a]\npassword = {{cmd = {program}}}\n"), os.environ))
    assert "exit code 3" in str(caught.value)
    assert CANARY not in str(caught.value) + repr(caught.value.problems)


def test_what_a_failing_keyring_says_is_in_no_error(tmp_path: Path) -> None:
    def keyring(service: str, user: str) -> str:
        raise RuntimeError(CANARY)

    device = load(tmp_path, hosts="r1: {username: u, password: 'keyring:a/b'}").devices["r1"]
    with pytest.raises(InputError, match="the keyring failed with RuntimeError") as caught:
        target_of(device, Resolver(Settings(), environ={}, read_keyring=keyring))
    assert CANARY not in str(caught.value) + repr(caught.value.__cause__)


@pytest.mark.parametrize(
    ("backend", "expected"),
    [("fail", "this machine has no keyring"), ("null", "the keyring has no entry lab/me")],
)
def test_the_systems_keyring_is_asked_only_when_needed(backend: str, expected: str) -> None:
    script = (
        "import sys\n"
        "from runner.inventory import providers\n"
        "assert 'keyring' not in sys.modules\n"
        "try: providers.from_keyring('lab/me', providers.system_keyring)\n"
        "except providers.Unavailable as error: print(error)\n"
    )
    environ = {**os.environ, "PYTHON_KEYRING_BACKEND": f"keyring.backends.{backend}.Keyring"}
    done = subprocess.run([sys.executable, "-c", script], env=environ, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == expected


@pytest.mark.parametrize("key", ["password", "secret", "username"])
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (
            "'cmd:pass show x'",
            "begins with `cmd:`, which an inventory cannot use (nothing in an inventory may run a program or read a file",
        ),
        (
            "file:/etc/passwd",
            "begins with `file:`, which an inventory cannot use (nothing in an inventory may run a program or read a file",
        ),
        ("'env:'", "begins with `env:` but no name of a variable follows"),
        ("'env:A B'", "begins with `env:` but no name of a variable follows"),
        ("keyring:lab", "begins with `keyring:` but no SERVICE/USER follows"),
        ("keyring:lab/", "begins with `keyring:` but no SERVICE/USER follows"),
        ("''", "is empty"),
        ("1234", "must be text (write it in quotes)"),
        ("[a]", "must be text"),
    ],
)
def test_a_reference_is_checked_before_it_is_needed(tmp_path: Path, key: str, value: str, expected: str) -> None:
    [found] = problems(tmp_path, hosts=f"r1:\n  {key}: {value}\n")
    assert found.startswith(f"hosts.yaml:2 '{key}' {expected}")


def test_plain_passwords_are_warned_about_once(tmp_path: Path) -> None:
    loopback = "lo: {hostname: 127.0.0.1, password: p}\nl6: {hostname: '::1', password: p}\n"
    hosts = "r0: {password: 'env:X'}\nr1: {password: p}\nr2: {secret: s}\n" + loopback
    warning = plain_password_warning(load(tmp_path, hosts=hosts).devices.values())
    assert warning is not None
    assert warning.message == "passwords of 2 hosts stand in the inventory in plain text"
    assert warning.where is not None
    assert (warning.where.line, warning.where.text) == (2, "")


@pytest.mark.parametrize("hosts", ["r1: {password: 'env:X'}", "r1: {hostname: localhost, password: p}", "r1: {username: u}"])
def test_there_is_nothing_to_warn_about(tmp_path: Path, hosts: str) -> None:
    assert plain_password_warning(load(tmp_path, hosts=hosts).devices.values()) is None


def test_f60_a_plain_password_is_in_no_text_about_the_inventory(tmp_path: Path) -> None:
    options = f"{{netmiko: {{password: {CANARY}, extras: {{secret: {CANARY}}}}}}}"
    hosts = f"r1:\n  username: u\n  password: {CANARY}\n  connection_options: {options}\n"
    inventory = load(tmp_path, hosts=hosts, defaults=f"password: {CANARY}")
    fetched = resolver()
    target = target_of(inventory.devices["r1"], fetched)
    assert revealed(target) == ("u", CANARY, CANARY)
    for thing in (inventory, inventory.devices["r1"], target, fetched.secrets, plain_password_warning(inventory.devices.values())):
        assert CANARY not in repr(thing) + str(thing) + format(thing)
    for thing in (inventory, inventory.devices["r1"], target):
        with pytest.raises(TypeError, match="cannot be pickled"):
            pickle.dumps(thing)


@pytest.mark.parametrize(
    "body",
    [
        f"{{password: {CANARY}, hostnme: a}}",
        f"{{hostnme: a, password: {CANARY}}}",
        f"{{password: [{CANARY}]}}",
        f"{{password: 'cmd:{CANARY}'}}",
        f"{{password: 'env:{CANARY}!'}}",
        f"{{password: 'keyring:{CANARY}'}}",
        f"{{connection_options: {{netmiko: {{extras: {{secret: 'file:{CANARY}'}}}}}}}}",
        f"{{connection_options: {{netmiko: {{extras: {{password: {CANARY}}}}}}}}}",
        f"{{credential: a, password: {CANARY}}}",
    ],
)
def test_f65_an_error_beside_a_password_does_not_quote_it(tmp_path: Path, body: str) -> None:
    with pytest.raises(InputError) as caught:
        load(tmp_path, hosts=f"r1: {body}\n")
    assert CANARY not in str(caught.value) + repr(caught.value) + repr(caught.value.problems)
