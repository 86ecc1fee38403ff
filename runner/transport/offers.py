"""The keys that one login offers, in order: the user's key file, then the agent's, and never so many that a device locks us out."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import paramiko

from runner.target import Target
from runner.transport.agent import SshAgent
from runner.transport.algorithms import RSA_SHA1, GuardedTransport, RsaSha1Key
from runner.transport.keys import KeyFiles
from runner.transport.known_hosts import fingerprint
from runner.transport.watch import Watch
from runner.transport.work import Work

MOST_KEYS = 3
"""Keys offered in one login, so that with the password it stays at four attempts. OpenSSH's servers end a login after six
(`MaxAuthTries`); what is refused counts."""


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A key that may open the door.

    Arguments:
        label: what it is, for people.
        blob: the public key as it goes over the wire.
        agent: who signs; None = the key itself.
    """

    label: str
    key: paramiko.PKey
    blob: bytes
    agent: SshAgent | None = None

    def sign(self, data: bytes, algorithm: str, watch: Watch) -> bytes:
        """The signature. Raises SSHException or OSError when the agent refuses, SessionError and Stopped."""
        key = self.key
        if self.agent is None:
            if algorithm == RSA_SHA1 and isinstance(key, paramiko.RSAKey):
                key = RsaSha1Key(key=key.key)
            return _bytes(key.sign_ssh_data(data, algorithm))
        try:
            return _bytes(Work("ssh-agent", lambda: key.sign_ssh_data(data, algorithm)).outcome(watch))
        except (OSError, paramiko.SSHException):
            raise
        except BaseException:
            self.agent.close()  # wakes the thread that still waits for it
            raise


@contextmanager
def offers(target: Target, files: KeyFiles) -> Iterator[Sequence[Offer]]:
    """The keys for a target, and a connection to the agent for as long as they are used."""
    found = []
    with contextlib.ExitStack() as stack:
        if (key := files.get(target)) is not None:
            blob = key.asbytes()
            found.append(Offer(label=f"key {target.key_file} ({fingerprint(key.get_name(), blob)})", key=key, blob=blob))
        if target.agent:
            with contextlib.suppress(OSError, paramiko.SSHException):  # checked before, where it is the only way in
                agent = SshAgent()
                stack.callback(agent.close)
                found += _of_agent(agent, {offer.blob for offer in found})
        yield found[:MOST_KEYS]


def algorithm_of(offer: Offer, transport: GuardedTransport) -> str:
    """How a key signs in this session: RSA keys by the best the server knows, the others in their one way.

    A server that does not say what it knows (RFC 8308) is taken to know SHA-2, or where the host opted in, only SHA-1. Empty when
    nothing is common.
    """
    name = offer.key.get_name()
    if name != "ssh-rsa":
        return name
    own = [each for each in transport.preferred_pubkeys if "rsa" in each]
    said = transport.signatures
    if said:
        own = [each for each in own if each in said]
    elif transport.legacy:
        own = [RSA_SHA1]
    return own[0] if own else ""


def _of_agent(agent: SshAgent, known: set[bytes]) -> Iterator[Offer]:
    for key in agent.held():
        blob = bytes(key.blob)
        if blob not in known:
            yield Offer(label=f"agent key {fingerprint(key.get_name(), blob)}", key=key, blob=blob, agent=agent)


def _bytes(signature: paramiko.Message | bytes) -> bytes:
    return signature.asbytes() if isinstance(signature, paramiko.Message) else signature
