"""Named credentials live in the user's own configuration alone, and no error quotes a line of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.errors import InputError
from runner.settings.load import Settings, load_settings

CANARY = "CANARY-hunter2"


def user(folder: Path, text: str) -> Settings:
    (folder / "config.toml").write_text(text, encoding="utf-8")
    return load_settings(flags={}, environ={}, user_config=folder / "config.toml")


def test_every_form_is_understood(tmp_path: Path) -> None:
    text = """
        [credentials.lab]
        username = "admin"
        password = { cmd = ["pass", "show", "lab"] }
        secret = { file = "~/.lab" }
        [credentials.prod]
        username = { env = "PROD_USER" }
        password = { keyring = "prod/x/me" }
    """
    found = user(tmp_path, text).credentials
    lab, prod = found["lab"], found["prod"]
    assert (lab.values["username"].kind, lab.values["username"].argument) == ("text", ("admin",))
    assert (lab.values["password"].kind, lab.values["password"].argument) == ("cmd", ("pass", "show", "lab"))
    assert (lab.values["secret"].kind, lab.values["secret"].argument) == ("file", ("~/.lab",))
    assert (prod.values["username"].kind, prod.values["password"].argument) == ("env", ("prod/x/me",))
    assert lab.origin == f"{tmp_path}/config.toml:2"


def test_a_project_cannot_define_credentials(tmp_path: Path) -> None:
    (tmp_path / "nornir-playbook.toml").write_text(f'\n[credentials.a]\npassword = {{ cmd = ["{CANARY}"] }}\n', encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_settings(flags={}, environ={}, project=tmp_path)
    assert str(caught.value) == (
        f"{tmp_path}/nornir-playbook.toml:2:2 a project cannot define credentials: they may run programs and read files "
        "(move [credentials.NAME] to your own configuration; an inventory then says `credential: NAME`)"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            f'[credentials.a]\npassword = "{CANARY}"',
            "config.toml:2:1 the password of credential 'a' does not say where it comes from (write ",
        ),
        (f'[credentials.a]\npassword = {{ cmd = "{CANARY}" }}', "config.toml:2:1 the password of credential 'a' does not say"),
        (f'[credentials.a]\npassword = {{ env = "X", file = "{CANARY}" }}', "config.toml:2:1 the password of credential 'a' does not say"),
        ("[credentials.a]\npassword = { cmd = [] }", "config.toml:2:1 the password of credential 'a' does not say"),
        ("[credentials.a]\npassword = { keyring = 'x' }", "config.toml:2:1 the password of credential 'a' does not say"),
        ("[credentials.a]\npassword = { vault = 'x' }", "config.toml:2:1 the password of credential 'a' does not say"),
        (f'[credentials.a]\npasword = "{CANARY}"', "config.toml:2:1 unknown key 'pasword' in credential 'a' (did you mean 'password'?)"),
        (f'[credentials]\na = "{CANARY}"', "config.toml:1:2 'credentials' holds tables, one for each name (write [credentials.NAME])"),
        (f'[credentials.a]\npassword = "{CANARY}', "config.toml:2:27 not TOML: "),
    ],
)
def test_f65_a_mistake_is_told_at_its_line_which_is_not_quoted(tmp_path: Path, text: str, expected: str) -> None:
    with pytest.raises(InputError) as caught:
        user(tmp_path, text)
    assert str(caught.value).replace(f"{tmp_path}/", "").startswith(expected)
    assert CANARY not in str(caught.value) + repr(caught.value.problems)
