"""One login: the device is asked what it accepts first, then keys and one password are tried in order, none of them twice."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import paramiko
from paramiko.ssh_exception import BadAuthenticationType, PartialAuthentication

from runner.errors import SessionError
from runner.target import Target
from runner.transport.algorithms import GuardedTransport
from runner.transport.attempt import Attempt
from runner.transport.classify import shown
from runner.transport.keys import KeyFiles, Unusable
from runner.transport.offers import Offer, algorithm_of, offers
from runner.transport.watch import Watch

_BY_PASSWORD = ("password", "keyboard-interactive")


@dataclass(frozen=True, kw_only=True)
class _Way:
    """One way in: the methods it works by, the best first, what it is in an error, and how to try it by a method."""

    methods: Sequence[str]
    label: str
    attempt: Callable[[str], Exception | None]


def log_in(transport: GuardedTransport, target: Target, files: KeyFiles, watch: Watch) -> None:
    """Log in by the target's key file, the agent's keys, and its password, in this order and as far as the device accepts them.

    The password goes by keyboard-interactive where the device offers only that; exactly one attempt. A device that wants a key
    and a password gets both. The method `none` goes first, as OpenSSH's client does it: its refusal carries the list of methods
    (RFC 4252, section 5.2). Paramiko instead sends the password and, when that method is refused, sends it again by the other one.

    Raises SessionError of the phase `auth`, and Stopped.
    """
    watch.phase = "auth"
    attempt = Attempt(transport, target.username, watch)
    refusal = attempt.ask()
    if refusal is None:
        watch.note("login", f"user {shown(target.username)!r} was let in without a password or key")
        return
    with _offers(target, files, watch) as keys:
        ways = [_by_key(attempt, offer, algorithm_of(offer, transport), watch) for offer in keys]
        if target.password is not None:
            ways.append(_by_password(attempt, target.password.reveal()))
        _Login(ways=ways, target=target, watch=watch, allowed=_allowed(refusal, ["password"])).run()


@dataclass(kw_only=True)
class _Login:
    """What is left to try, and what was."""

    ways: list[_Way]
    target: Target
    watch: Watch
    allowed: Sequence[str]
    tried: list[str] = field(default_factory=list)
    halfway: bool = False

    def run(self) -> None:
        while found := self._next():
            way, method = found
            self.ways.remove(way)
            refusal = self._try(way, method)
            if refusal is None:
                self.watch.note("login", f"user {shown(self.target.username)!r} by {way.label} (method {method})")
                return
            self.halfway = isinstance(refusal, PartialAuthentication)
            self.allowed = _allowed(refusal, self.allowed)
        raise self._error()

    def _next(self) -> tuple[_Way, str] | None:
        pairs = ((way, method) for way in self.ways for method in way.methods if method in self.allowed)
        return next(pairs, None)

    def _try(self, way: _Way, method: str) -> Exception | None:
        try:
            refusal = way.attempt(method)
        except SessionError as error:
            if error.cause == "closed" and self.tried:
                raise self._rejected(", then the device closed the connection") from None
            raise
        if not isinstance(refusal, PartialAuthentication):
            self.tried.append(way.label)
        return refusal

    def _error(self) -> SessionError:
        methods = shown(", ".join(self.allowed))
        no_password = self.target.password is None and any(method in _BY_PASSWORD for method in self.allowed)
        if self.tried and not self.halfway:
            return self._rejected("")
        if no_password:
            return self.watch.error("no_password")
        return self.watch.error("second_factor" if self.halfway else "no_method", detail=methods)

    def _rejected(self, end: str) -> SessionError:
        user = f"'{shown(self.target.username)}'"
        if self.tried == ["password"]:
            return self.watch.error("rejected", user=f"{user} or its password", means="password")
        return self.watch.error("rejected", user=f"{user}; tried: {', '.join(self.tried)}{end}", means="keys it accepts for this user")


@contextlib.contextmanager
def _offers(target: Target, files: KeyFiles, watch: Watch) -> Iterator[Sequence[Offer]]:
    with contextlib.ExitStack() as stack:
        try:
            found = stack.enter_context(offers(target, files))
        except Unusable as error:  # a run checks its keys before it connects; this is for whoever did not
            raise watch.error("key_unusable", detail=error.message, hint=error.hint) from None
        yield found


def _by_key(attempt: Attempt, offer: Offer, algorithm: str, watch: Watch) -> _Way:
    def send(method: str) -> Exception | None:
        if not algorithm:
            return paramiko.SSHException("the device knows no way in which this key could sign")
        try:
            return attempt.key(offer.blob, algorithm, lambda data: offer.sign(data, algorithm, watch))
        except (OSError, paramiko.SSHException) as error:  # the agent would not sign: the next one may
            return error

    return _Way(methods=("publickey",), label=shown(offer.label, 300), attempt=send)


def _by_password(attempt: Attempt, password: str) -> _Way:
    def send(method: str) -> Exception | None:
        return attempt.password(password) if method == "password" else attempt.interactive(password)

    return _Way(methods=_BY_PASSWORD, label="password", attempt=send)


def _allowed(refusal: Exception, otherwise: Sequence[str]) -> Sequence[str]:
    """What the device still accepts, which it says with some refusals."""
    return refusal.allowed_types if isinstance(refusal, BadAuthenticationType | PartialAuthentication) else otherwise
