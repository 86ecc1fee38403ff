"""Forty devices, one with every fault that a single run can meet, and an inventory that is wrong about four of them."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, field
from pathlib import Path

from runner.lab import Faults, Fleet

LOG = "*Nov 24 06:46:25.123: %SYS-5-CONFIG_I: Configured from console by admin on vty0"
WRONG_ENABLE = "canary-0ther/enable-yranac"
"""What the inventory has for the device whose enable secret is another one."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """A device and what must be said of it. `words` are all in its reason; `says` overrides what the inventory has."""

    name: str
    faults: Faults = field(default_factory=Faults)
    status: str = "changed"
    phase: str = ""
    words: tuple[str, ...] = ()
    platform: str = "cisco_ios"

    @property
    def saves(self) -> bool:
        """Whether there is something to save, as far as the inventory knows."""
        return self.platform in ("cisco_ios", "arista_eos") and self.name != "wrong-platform"


def unreachable(name: str, phase: str, faults: Faults, *words: str) -> Row:
    return Row(name=name, faults=faults, status="unreachable", phase=phase, words=words)


def failed(name: str, faults: Faults, *words: str, phase: str = "", platform: str = "cisco_ios") -> Row:
    return Row(name=name, faults=faults, status="failed", phase=phase, words=words, platform=platform)


def doubtful(name: str, faults: Faults, *words: str, platform: str = "cisco_ios") -> Row:
    return Row(name=name, faults=faults, status="in_doubt", phase="command", words=("not known", *words), platform=platform)


def rows(read: str, line: str) -> tuple[Row, ...]:
    """The devices, each with its fault. The silent ones come first, so that their deadlines pass side by side in one batch.

    Arguments:
        read: the second command that is sent to each IOS device; `line`: the second line of its configuration.
    """
    return (
        unreachable("black-hole", "tcp", Faults(hang_at="tcp"), "no answer"),
        unreachable("no-banner", "banner", Faults(hang_at="banner"), "banner"),
        unreachable("no-kex", "host_key", Faults(hang_at="kex"), ""),
        unreachable("no-login", "auth", Faults(hang_at="auth"), "login"),
        unreachable("no-shell", "shell", Faults(hang_at="shell"), ""),
        unreachable("no-prompt", "prompt", Faults(hang_at="prompt"), "prompt"),
        failed("hung-command", Faults(hang_at="command"), "show version", phase="command"),
        doubtful("hung-line", Faults(hang_at_line=2)),
        failed("endless", Faults(flood=math.inf), "", phase="command"),
        unreachable("wrong-platform", "prompt", Faults(), "platform"),
        unreachable("no-name", "dns", Faults(), "nowhere.invalid"),
        unreachable("refused", "tcp", Faults(refuse=True), "refused"),
        unreachable("http", "banner", Faults(not_ssh=b"HTTP/1.1 400 Bad Request\r\n\r\n"), "SSH"),
        unreachable("closes", "banner", Faults(close_at="banner"), "closed"),
        unreachable("closes-kex", "host_key", Faults(close_at="kex"), "closed"),
        unreachable("old", "host_key", Faults(old_algorithms=True), "algorithm"),
        unreachable("unknown-key", "host_key", Faults(), "SHA256:"),
        unreachable("changed-key", "host_key", Faults(other_host_key=True), "key"),
        unreachable("wrong-password", "auth", Faults(reject_password=True), "password"),
        unreachable("closes-login", "auth", Faults(close_at="auth"), "closed"),
        unreachable("second-factor", "auth", Faults(second_factor="Verification code: "), "Verification code"),
        unreachable("wrong-enable", "auth", Faults(), "enable"),
        unreachable("vty-full", "shell", Faults(vty_full=True), "session"),
        unreachable("closes-shell", "shell", Faults(close_at="shell"), "closed"),
        unreachable("closes-prompt", "prompt", Faults(close_at="prompt"), "closed"),
        failed("closes-output", Faults(close_at="command"), "closed", phase="command"),
        failed("refused-command", Faults(error_on={read}), read, "% Invalid input"),
        failed("asks", Faults(confirm_on={read: "Really? [confirm]"}), "Really? [confirm]", phase="command"),
        failed("no-config", Faults(no_config=True), "authorization failed", phase="command"),
        failed("refused-line", Faults(error_on={line}), "line 2 of 3", "% Invalid input"),
        failed("refused-save", Faults(refuse_save=True), "could not be saved"),
        failed("refused-commit", Faults(commit_fails=True), "commit was refused", platform="cisco_xr"),
        doubtful("cut-line", Faults(close_at_line=2)),
        doubtful("cut-candidate", Faults(close_at_line=2), platform="juniper_junos"),
        failed("prompt-inside", Faults(prompt_in_output=True), "cannot be trusted", phase="command"),
        Row(
            name="banners",
            faults=Faults(banner="### r1# keep > out $ ###\nrouter>\n", login_banner="### Password: no > entry #\n", noisy=LOG),
        ),
        Row(name="bytes", faults=Faults(chunk=1), platform="arista_eos"),
        Row(name="interactive", faults=Faults(interactive_only=True), platform="juniper_junos"),
        Row(name="well", platform="linux"),
        Row(name="stays", faults=Faults(hang_on_exit=True)),
    )


def spoil(fleet: Fleet, inventory: Path, enable: str) -> None:
    """Make an inventory wrong about a name, a platform, a host key and an enable secret, which is `enable` at the devices."""
    hosts = inventory / "hosts.yaml"
    entries = dict(re.findall(r"^(\S+):\n((?: .*\n)+)", hosts.read_text(), re.MULTILINE))
    entries["no-name"] = entries["no-name"].replace("127.0.0.1", "nowhere.invalid")
    assert json.dumps(enable) in entries["wrong-enable"]
    entries["wrong-enable"] = entries["wrong-enable"].replace(json.dumps(enable), json.dumps(WRONG_ENABLE))
    entries["wrong-platform"] += "  platform: juniper_junos\n"
    hosts.write_text("".join(f"{name}:\n{entry}" for name, entry in entries.items()))
    known = inventory / "known_hosts"
    known.write_text(known.read_text().replace(f"{fleet.host_key_line('unknown-key')}\n", ""))
