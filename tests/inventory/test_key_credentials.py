"""A credential of the user's own configuration names keys; the inventory names the credential, and never a file (F88, F89)."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.errors import InputError
from runner.inventory.credentials import target_of
from runner.target import Target
from tests.inventory.fleet import load
from tests.inventory.test_credentials import resolver, settings_with

LAB = '[credentials.lab]\nusername = "me"\nkey_file = "~/.ssh/id"\npassphrase = { env = "PHRASE" }\nagent = true\n'


def target(folder: Path, config: str, host: str, environ: dict[str, str] | None = None, defaults: str = "username: u") -> Target:
    inventory = load(folder, hosts=f"r1: {host}", defaults=defaults)
    return target_of(inventory.devices["r1"], resolver(settings_with(folder, config), environ))


def test_f60_a_key_its_pass_phrase_and_no_password(tmp_path: Path) -> None:
    made = target(tmp_path, LAB, "{credential: lab}", {"PHRASE": "canary"})
    assert (made.username, made.key_file, made.agent, made.password) == ("me", Path("~/.ssh/id").expanduser(), True, None)
    assert made.passphrase is not None and made.passphrase.reveal() == "canary"
    assert "canary" not in repr(made)


def test_f60_a_pass_phrase_is_masked_like_a_password(tmp_path: Path) -> None:
    inventory = load(tmp_path, hosts="r1: {credential: lab}")
    fetched = resolver(settings_with(tmp_path, LAB), {"PHRASE": "canary"})
    target_of(inventory.devices["r1"], fetched)
    assert {secret.reveal() for secret in fetched.secrets} == {"canary"}


@pytest.mark.parametrize(
    ("host", "defaults", "key", "password"),
    [
        ("{credential: keyed}", "username: u", True, None),
        ("{credential: keyed}", "{username: u, password: dp}", True, "dp"),
        ("{password: p}", "{username: u, credential: keyed}", False, "p"),
        ("{credential: plain}", "{username: u, credential: keyed}", False, "pp"),
        ("{}", "{username: u, credential: keyed}", True, None),
        ("{credential: keyed, connection_options: {netmiko: {password: cp}}}", "username: u", False, "cp"),
        ("{credential: named}", "{username: u, credential: keyed}", True, None),
    ],
)
def test_the_nearest_of_key_and_password_counts(tmp_path: Path, host: str, defaults: str, key: bool, password: str | None) -> None:
    config = '[credentials.keyed]\nkey_file = "/k"\n[credentials.plain]\npassword = {env = "PP"}\n[credentials.named]\nusername = "x"\n'
    made = target(tmp_path, config, host, {"PP": "pp"}, defaults)
    assert (made.key_file is not None, made.password and made.password.reveal()) == (key, password)


def test_a_relative_key_file_is_one_beside_the_configuration(tmp_path: Path) -> None:
    assert target(tmp_path, '[credentials.lab]\nkey_file = "keys/id"', "{credential: lab}").key_file == tmp_path / "keys" / "id"


def test_the_agent_is_used_only_where_it_is_asked_for(tmp_path: Path) -> None:
    assert not target(tmp_path, '[credentials.lab]\nkey_file = "k"', "{credential: lab}").agent
    assert target(tmp_path, "[credentials.lab]\nagent = true", "{credential: lab}").agent


def test_a_pass_phrase_that_cannot_be_had_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="r1: credential 'lab': the environment variable PHRASE is not set"):
        target(tmp_path, LAB, "{credential: lab}", {})


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("agent = 'yes'", "config.toml:2:1 the agent of credential 'a' must be true or false"),
        ("key_file = true", "config.toml:2:1 the key_file of credential 'a' is no name of a file"),
        ("key_file = ''", "config.toml:2:1 the key_file of credential 'a' is no name of a file"),
        ("passphrase = 'canary'\nkey_file = 'k'", "config.toml:2:1 the passphrase of credential 'a' does not say where it comes from"),
        ("passphrase = {env = 'P'}", "config.toml:2:1 credential 'a' has a passphrase and no key_file that it would open"),
        ("keyfile = 'k'", "config.toml:2:1 unknown key 'keyfile' in credential 'a' (did you mean 'key_file'?)"),
    ],
)
def test_f65_a_mistake_is_told_at_its_line(tmp_path: Path, line: str, expected: str) -> None:
    with pytest.raises(InputError) as caught:
        settings_with(tmp_path, f"[credentials.a]\n{line}\n")
    text = str(caught.value).replace(f"{tmp_path}/", "")
    assert text.startswith(expected)
    assert "canary" not in text
