"""Which algorithms a session may use: those that are safe today, and the old ones for a host that opted in (`legacy_algorithms`)."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from hashlib import sha1
from typing import Any

import paramiko
from cryptography.hazmat.primitives import hashes
from paramiko.kex_gex import KexGexSHA256
from paramiko.kex_group14 import KexGroup14SHA256
from paramiko.ssh_exception import ChannelException

OLD: Mapping[str, tuple[str, ...]] = {
    "kex": ("diffie-hellman-group-exchange-sha1", "diffie-hellman-group14-sha1", "diffie-hellman-group1-sha1"),
    "keys": ("ssh-rsa",),
    "ciphers": ("aes256-cbc", "aes192-cbc", "aes128-cbc", "3des-cbc"),
    "macs": ("hmac-sha1-96", "hmac-md5", "hmac-md5-96"),
}
"""What OpenSSH's client no longer offers by itself (8.2 for SHA-1 key exchanges, 8.8 for SHA-1 signatures, 7.6 and before for the
rest) and older devices may have nothing better than. The strongest first. Whatever else OpenSSH dropped is not spoken at all."""

RSA_SHA1 = "ssh-rsa"
"""The name of an RSA key's type, and of its signature over SHA-1."""

_WORDS: Mapping[str, str] = {"kex": "key exchange", "keys": "host key", "ciphers": "cipher", "macs": "MAC"}
_OFFERED: Mapping[str, str] = {
    "kex": "kex_algo_list",
    "keys": "server_key_algo_list",
    "ciphers": "server_encrypt_algo_list",
    "macs": "server_mac_algo_list",
}
_NO_ALGORITHM = ("ext-info-", "kex-strict-")  # entries of the list of key exchanges that only announce something
_SECOND_OAKLEY_GROUP = int(  # RFC 2409, section 6.2
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
    "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE65381FFFFFFFFFFFFFFFF",
    16,
)


class _Group14Sha1(KexGroup14SHA256):
    name = "diffie-hellman-group14-sha1"
    hash_algo = sha1


class _Group1Sha1(_Group14Sha1):
    name = "diffie-hellman-group1-sha1"
    P = _SECOND_OAKLEY_GROUP


class _GroupExchangeSha1(KexGexSHA256):
    name = "diffie-hellman-group-exchange-sha1"
    hash_algo = sha1
    min_bits = 1024


class RsaSha1Key(paramiko.RSAKey):
    """An RSA key that also signs and verifies the old way, over SHA-1."""

    HASHES = {  # type: ignore[misc]  # final in the stubs alone
        **paramiko.RSAKey.HASHES,
        RSA_SHA1: hashes.SHA1,
    }


class GuardedTransport(paramiko.Transport):
    """Paramiko's, with our choice of algorithms whatever its version knows, and with what the other side offered.

    Arguments:
        legacy: the old ones may be used too, after all others.

    Attributes:
        legacy: as given.
        offered: the other side's algorithms by kind (`kex`, `keys`, `ciphers`, `macs`), once they have been read.
    """

    _kex_info = {
        **paramiko.Transport._kex_info,  # type: ignore[attr-defined]  # unknown to the stubs
        _GroupExchangeSha1.name: _GroupExchangeSha1,
        _Group14Sha1.name: _Group14Sha1,
        _Group1Sha1.name: _Group1Sha1,
    }
    _key_info = {
        **paramiko.Transport._key_info,  # type: ignore[attr-defined]  # as above
        RSA_SHA1: RsaSha1Key,
        f"{RSA_SHA1}-cert-v01@openssh.com": RsaSha1Key,
    }

    def __init__(self, sock: Any, *, legacy: bool, **options: Any) -> None:
        super().__init__(sock, **options)
        self.legacy = legacy
        self.offered: Mapping[str, Sequence[str]] = {}
        self._mine = threading.local()
        self._refusals: dict[int, ChannelException] = {}
        for kind in ("kex", "keys", "ciphers", "macs", "pubkeys"):
            old = OLD["keys" if kind == "pubkeys" else kind]
            safe = tuple(name for name in getattr(self, f"_preferred_{kind}") if name not in old)
            setattr(self, f"_preferred_{kind}", safe + old if legacy else safe)

    @property
    def signatures(self) -> Sequence[str]:
        """What the server says it accepts for logins by key (RFC 8308, `server-sig-algs`); empty when it does not say."""
        said = self.server_extensions.get("server-sig-algs", b"")  # type: ignore[attr-defined]  # as above
        return tuple(name for name in said.decode("ascii", "replace").split(",") if name)

    def refusal_of_this_thread(self) -> ChannelException | None:
        """Why the channel that this thread tried to open was refused, in the other side's words, which paramiko keeps for its log.

        It also keeps one refusal for all threads.
        """
        return self._refusals.pop(self._mine.channel, None)

    def _next_channel(self) -> int:
        self._mine.channel = number = int(super()._next_channel())  # type: ignore[misc]  # as above
        return number

    def _parse_channel_open_failure(self, m: paramiko.Message) -> None:
        number, code, words = m.get_int(), m.get_int(), m.get_string().decode("utf-8", "surrogateescape")
        self._refusals[number] = ChannelException(code, words)
        m.rewind()
        super()._parse_channel_open_failure(m)  # type: ignore[misc]  # as above

    def _really_parse_kex_init(self, m: paramiko.Message, ignore_first_byte: bool = False) -> dict[str, Any]:
        parsed: dict[str, Any] = super()._really_parse_kex_init(m, ignore_first_byte)  # type: ignore[misc]  # as above
        self.offered = {
            kind: tuple(name for name in parsed[key] if name and not name.startswith(_NO_ALGORITHM)) for kind, key in _OFFERED.items()
        }
        return parsed


def mismatch(transport: GuardedTransport) -> tuple[str, bool]:
    """What the other side offers of each kind in which nothing is common, in words, and whether the old algorithms would be enough."""
    missing = {
        kind: names
        for kind, names in transport.offered.items()
        if not set(names) & set(getattr(transport, f"preferred_{kind}"))  # as it was offered, without what `extras` disabled
    }
    words = "; ".join(f"{_WORDS[kind]} {', '.join(names) or 'none'}" for kind, names in missing.items())
    enough = bool(missing) and not transport.legacy and all(set(names) & set(OLD[kind]) for kind, names in missing.items())
    return words, enough
