"""What a device gives away about itself while a session is set up, to say so where its `platform` in the inventory is another."""

from __future__ import annotations

import re

from runner.platforms import platform_name, platform_of
from runner.transport.classify import shown
from runner.transport.lines import normal

_BY_BANNER: tuple[tuple[str, str, str], ...] = (
    (r"SSH-[\d.]+-Cisco", "Cisco", "cisco_"),
    (r"SSH-[\d.]+-ROSSSH", "MikroTik", "mikrotik_"),
    (r"SSH-[\d.]+-(?:HUAWEI|Comware)", "Huawei or H3C", "huawei|hp_comware"),
    (r"SSH-[\d.]+-OpenSSH\S* (?:Ubuntu|Debian|FreeBSD)", "a server", "linux|juniper_|arista_|cisco_nxos"),
)
_BY_PROMPT: tuple[tuple[str, str, str], ...] = (
    (r"RP/\d+/\w+/CPU\d+:\S+#$", "IOS-XR", "cisco_xr"),
    (r"[\w.-]+@[\w.-]+[>%#]$", "Junos", "juniper_|linux|paloalto_|vyos"),
    (r"[\w.-]+@[\w.-]+:\S*[$#] ?$|\[[\w.-]+@[\w.-]+ [^\]]+\][$#]$", "a Linux shell", "linux|vyos|cumulus"),
    (r"<[\w.-]+>$", "Huawei or Comware", "huawei|hp_comware"),
    (r"\[[\w.-]+@[\w.-]+\] >$", "MikroTik", "mikrotik_"),
    (r"[\w.-]+(?:\([\w-]+\))?[>#]$", "an IOS-like device", r"(?!juniper_|linux|paloalto_|vyos|huawei(?:_vrp|$)|hp_comware|mikrotik_)"),
)
"""Each: a pattern, what it looks like in words, and the platforms it fits, as the beginnings of their names."""
_REFUSED = re.compile(r"\s*(?:% ?\w|error:|unknown command|syntax error|[\w-]*sh: .*not found|invalid (?:input|command))", re.IGNORECASE)
"""How a line begins with which a device refuses a command, on any platform: which one it is is what is asked."""
_is_noise = platform_of(None).is_noise


def refusal(platform: str | None, said: str) -> str:
    """A sentence with the first line in which the device refused a command; empty where it refused none."""
    lines = normal(said).split("\n")
    line = next((line for line in lines if _REFUSED.match(line) and not _is_noise(line)), "")
    return f"the device refused what a {platform_name(platform)} is set up with: '{shown(line)}'" if line else ""


def clash(platform: str | None, banner: str, said: str) -> str:
    """A sentence where what the device shows does not fit the platform; empty where it does, or nothing is known of it.

    Arguments:
        banner: the device's first line of SSH.
        said: what it has sent since its shell was opened; the last line is taken for the prompt.
    """
    name = platform_name(platform) or ""
    for pattern, words, fitting in _BY_BANNER:
        if re.match(pattern, banner) and not re.match(fitting, name):
            return f"its SSH banner '{shown(banner, 60)}' looks like {words}, and platform is {name}"
    prompt = said.rstrip().rpartition("\n")[2].strip()
    for pattern, words, fitting in _BY_PROMPT:
        if re.fullmatch(pattern, prompt):
            return "" if re.match(fitting, name) else f"its prompt '{shown(prompt, 60)}' looks like {words}, and platform is {name}"
    return ""
