"""Fetches what references stand for: each once, with the value or the reason why there is none."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from runner.documents.suggest import did_you_mean
from runner.errors import Where
from runner.inventory import providers
from runner.inventory.model import Reference, References
from runner.inventory.providers import Unavailable
from runner.secret import Secret
from runner.settings.credentials import Credential, Provider
from runner.settings.load import Settings

Ask = Callable[[str], str]
"""Asks the user for a secret with this prompt and gives what was typed."""


@dataclass(frozen=True, kw_only=True)
class Lack:
    """Why a value could not be had; the same lack of many hosts is told once."""

    message: str
    hint: str = ""
    where: Where | None = None


class Resolver:
    """Fetches every distinct reference once, and remembers the value or why there is none.

    Arguments:
        environ: the environment, default this process's.
        ask_pass: for `--ask-pass`: asked once, at the first need; the answer is used for all hosts instead of what the
            inventory says, as in Ansible. `ask_enable` is the same for the enable secret.
        read_keyring: the keyring, default the system's.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        environ: Mapping[str, str] | None = None,
        ask_pass: Ask | None = None,
        ask_enable: Ask | None = None,
        read_keyring: providers.ReadKeyring = providers.system_keyring,
    ) -> None:
        self._credentials = settings.credentials
        self._environ = os.environ if environ is None else environ
        self._ask: dict[str, tuple[Ask, str]] = {}
        if ask_pass:
            self._ask["password"] = ask_pass, "Password of the devices: "
        if ask_enable:
            self._ask["secret"] = ask_enable, "Enable secret of the devices: "
        self._read_keyring = read_keyring
        self._known: dict[tuple[str, ...], Secret | Lack | None] = {}
        self._secrets: set[Secret] = set()

    @property
    def secrets(self) -> frozenset[Secret]:
        """Every password, enable secret and pass phrase fetched so far, for redaction. User names are not among them."""
        return frozenset(self._secrets)

    def value(self, item: str, candidates: References) -> Secret | Lack | None:
        """The value of `username`, `password` or `secret`: the first candidate that has one; None when none is there to be asked."""
        found = self._once(("asked", item), lambda: self._asked(item)) if item in self._ask else self._first(item, candidates)
        if isinstance(found, Secret) and item != "username":
            self._secrets.add(found)
        return found

    def key_of(self, password: References) -> tuple[Credential | None, Secret | Lack | None]:
        """How to log in by key: the nearest credential that says so, and the pass phrase of its key file.

        Credentials stand among the candidates for the password; a password that stands nearer, alone or in a credential without a
        key, outranks the key of one that stands further away.
        """
        for reference in password:
            credential = self._credentials.get(reference.name) if reference.kind == "credential" else None
            if credential is not None and credential.has_key:
                return credential, self._opens(credential, reference)
            if credential is not None and "password" in credential.values:
                break
        return None, None

    def _opens(self, credential: Credential, reference: Reference) -> Secret | Lack | None:
        found = self._of(reference, "passphrase") if credential.key_file else None
        if isinstance(found, Secret):
            self._secrets.add(found)
        return found

    def variable(self, reference: Reference) -> Secret | Lack | None:
        """The value of a secret variable: of a `credential` its password. What was typed for `--ask-pass` is not meant for it."""
        found = self._of(reference, "password")
        if isinstance(found, Secret):
            self._secrets.add(found)
        return found

    def _first(self, item: str, candidates: References) -> Secret | Lack | None:
        for reference in candidates:
            found = self._of(reference, item)
            if found is not None:
                return found
        return None

    def _of(self, reference: Reference, item: str) -> Secret | Lack | None:
        if reference.kind == "plain":
            return reference.value
        if reference.kind == "credential":
            return self._once(("credential", reference.name, item), lambda: self._named(reference, item))
        provider = Provider(kind=reference.kind, argument=(reference.name,))
        return self._once(_key(provider), lambda: self._fetch(provider, reference.where))

    def _named(self, reference: Reference, item: str) -> Secret | Lack | None:
        credential = self._credentials.get(reference.name)
        if credential is None:
            hint = did_you_mean(reference.name, self._credentials)
            hint = hint or f"define [credentials.{reference.name}] in your own configuration, not the project's"
            return Lack(message=f"your configuration has no credential '{reference.name}'", hint=hint, where=reference.where)
        provider = credential.values.get(item)
        if provider is None:
            return None
        return self._once(_key(provider), lambda: self._fetch(provider, reference.where, f"credential '{credential.name}': "))

    def _once(self, key: tuple[str, ...], fetch: Callable[[], Secret | Lack | None]) -> Secret | Lack | None:
        if key not in self._known:
            self._known[key] = fetch()
        return self._known[key]

    def _asked(self, item: str) -> Secret | Lack:
        ask, prompt = self._ask[item]
        typed = ask(prompt)
        option = "--ask-pass" if item == "password" else "--ask-enable"
        return Secret(typed) if typed else Lack(message=f"nothing was typed for {option}", hint="type it when you are asked")

    def _fetch(self, provider: Provider, where: Where | None, source: str = "") -> Secret | Lack:
        try:
            return self._read(provider)
        except Unavailable as error:
            return Lack(message=f"{source}{error}", hint=error.hint, where=where)

    def _read(self, provider: Provider) -> Secret:
        match provider.kind:
            case "env":
                return providers.from_environment(provider.argument[0], self._environ)
            case "keyring":
                return providers.from_keyring(provider.argument[0], self._read_keyring)
            case "cmd":
                return providers.from_command(provider.argument, self._environ)
            case "file":
                return providers.from_file(provider.argument[0])
            case "text":
                return Secret(provider.argument[0])


def _key(provider: Provider) -> tuple[str, ...]:
    return (provider.kind, *provider.argument)
