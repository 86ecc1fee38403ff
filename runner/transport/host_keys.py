"""Is this the device it claims to be: the decision about a host key, taken once for all sessions of a job."""

from __future__ import annotations

import shlex
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Literal

from runner.transport import known_hosts
from runner.transport.classify import place_of
from runner.transport.known_hosts import KnownHosts, KnownKey
from runner.transport.watch import PULSE, Watch

Mode = Literal["strict", "accept-new", "ignore"]

_RSA = ("rsa-sha2-512", "rsa-sha2-256", "ssh-rsa")  # the signatures that go with a key of type ssh-rsa (RFC 8332)


class HostKeys:
    """Known host keys, and what to do about a key that is not among them. Safe to use from many threads.

    Arguments:
        mode: `strict` refuses unknown keys, or asks where it can; `accept-new` takes and remembers them; `ignore` checks nothing.
        files: known_hosts files of OpenSSH, searched in order; missing ones are empty.
        accept_into: where accepted keys are remembered; None = for this object's life only.
        ask: puts a question with yes or no to a human; None = there is nobody to ask.

    A key that differs from the known one is refused in every mode but `ignore`.

    Attributes:
        warnings: what is wrong with the files, a sentence each.
    """

    def __init__(
        self,
        mode: Mode = "strict",
        files: Iterable[Path] = (),
        accept_into: Path | None = None,
        ask: Callable[[str], bool] | None = None,
    ) -> None:
        self.mode = mode
        self._files = tuple(files)
        self._accept_into = accept_into
        self._ask = ask
        self._known = KnownHosts(() if mode == "ignore" else dict.fromkeys((*self._files, *((accept_into,) if accept_into else ()))))
        self._lock = threading.Lock()
        self._asking = threading.Lock()
        self.warnings: tuple[str, ...] = tuple(self._known.warnings)

    def preferred(self, host: str, port: int, offered: Sequence[str]) -> tuple[str, ...]:
        """Key types in the order to ask for: those that are known of the host first, so that it shows a key we can compare."""
        with self._lock:
            known = [key.type for key in self._known.keys(host, port)]
        wanted = [name for key_type in known for name in (_RSA if key_type == "ssh-rsa" else (key_type,))]
        return tuple(dict.fromkeys([*(name for name in wanted if name in offered), *offered]))

    def verify(self, host: str, port: int, key_type: str, blob: bytes, watch: Watch) -> None:
        """Return when the key may be trusted. `blob` is the public key as it goes over the wire.

        Raises SessionError (phase `host_key`, cause `unknown_key`, `key_changed` or `revoked_key`), and Stopped.
        """
        watch.phase = "host_key"
        key = KnownKey(type=key_type, blob=blob)
        if self.mode == "ignore" or self._is_known(host, port, key, watch):
            watch.note("key", f"{key.fingerprint}, {'not looked at (host_keys: ignore)' if self.mode == 'ignore' else 'known'}")
            return
        watch.note("key", f"{key.fingerprint}, not known until now")
        if self.mode == "accept-new":
            self._accept(host, port, key)
        elif self._ask is None:
            raise watch.error("unknown_key", key=key.fingerprint, accept=self._how_to_accept(host, port, watch))
        else:
            self._put_question(self._ask, host, port, key, watch)

    def _is_known(self, host: str, port: int, key: KnownKey, watch: Watch) -> bool:
        with self._lock:
            keys, filed = self._known.keys(host, port), self._known.filed(host, port)
        same = [known for known in keys if known.blob == key.blob]
        if any(known.revoked for known in same):
            raise watch.error("revoked_key", key=key.fingerprint)
        if same:
            return True
        if trusted := [known for known in filed if not known.revoked]:
            alike = [known for known in trusted if known.type == key.type] or trusted
            remove = f"ssh-keygen -R {shlex.quote(known_hosts.entry_name(host, port))} -f {shlex.quote(str(self._where()))}"
            raise watch.error("key_changed", key=key.fingerprint, known=alike[0].fingerprint, remove=remove)
        return False

    def _put_question(self, ask: Callable[[str], bool], host: str, port: int, key: KnownKey, watch: Watch) -> None:
        with watch.paused():
            while not self._asking.acquire(timeout=PULSE):  # one question at a time
                watch.check_stop()
            try:
                if self._is_known(host, port, key, watch):  # answered meanwhile, for another session
                    return
                remembered = f" and remember it in {self._accept_into}" if self._accept_into else ""
                if not ask(f"The host key of {place_of(host, port)} is not known: {key.fingerprint}. Trust it{remembered}?"):
                    raise watch.error("unknown_key", key=key.fingerprint, accept=self._how_to_accept(host, port, watch))
                self._accept(host, port, key)
            finally:
                self._asking.release()

    def _accept(self, host: str, port: int, key: KnownKey) -> None:
        with self._lock:
            if any(known.blob == key.blob for known in self._known.keys(host, port)):
                return
            self._known.add(host, port, key)
            if self._accept_into is not None:
                try:
                    known_hosts.append(self._accept_into, host, port, key)
                except OSError as problem:  # trusted for now, to be asked again next time
                    self.warnings += (f"{self._accept_into} cannot be written ({problem.strerror}): an accepted host key was not kept",)

    def _where(self) -> Path:
        return self._accept_into or next((file for file in self._files if file.exists()), Path("~/.ssh/known_hosts"))

    def _how_to_accept(self, host: str, port: int, watch: Watch) -> str:
        file = str(self._where())
        target = "~/.ssh/known_hosts" if file == "~/.ssh/known_hosts" else shlex.quote(file)
        there = f"{watch.hop.command} " if watch.hop else ""
        return f"{there}ssh-keyscan -p {port} {shlex.quote(host)} >> {target}"
