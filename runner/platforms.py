"""What we know about platforms beyond netmiko and ntc-templates: which commands only read, what an error line looks like.

Names are netmiko's device types; the short names of NAPALM are accepted (`ios` is `cisco_ios`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

ALIASES = {
    "ios": "cisco_ios",
    "iosxr": "cisco_xr",
    "nxos": "cisco_nxos",
    "nxos_ssh": "cisco_nxos",
    "eos": "arista_eos",
    "junos": "juniper_junos",
}

_IOS_LIKE_ERRORS = (
    r"% ?Invalid (?:input|command|parameter)",
    r"% ?Incomplete command",
    r"% ?Ambiguous command",
    r"% ?Unknown command",
    r"% ?Unrecognized command",
    r"% ?Authorization failed",
    r"% ?Permission denied",
    r"% ?Access denied",
    r"Command authorization failed",
    r"% ?Bad (?:IP address|secrets|mask)",
    r"% ?Cannot ",
    r"% ?Error",
)


@dataclass(frozen=True, kw_only=True)
class Platform:
    """The facts about one platform.

    Arguments:
        read_only: first words (or their unambiguous beginnings) of commands that never change the device.
        errors: regular expressions, each matched from the start of an output line, of the device's own error messages.
        redirections: what turns a reading command into a writing one wherever it stands in it. Some systems redirect behind a
            pipe too (`| include x > file`), so a pattern that needs such a character is refused as well.
    """

    name: str
    read_only: tuple[str, ...] = ("show", "display", "ping", "traceroute")
    errors: tuple[str, ...] = _IOS_LIKE_ERRORS
    redirections: tuple[str, ...] = (r"\|\s*(?:redirect|append|tee|save)\b", r">", r";", r"`", r"\$\(")

    def error_in(self, output: str) -> str:
        """The device's error line in `output`, stripped; empty when there is none."""
        pattern = re.compile(rf"^\s*(?:{'|'.join(self.errors)})", re.MULTILINE)
        match = pattern.search(output)
        return output[match.start() :].strip().splitlines()[0].strip() if match else ""

    def why_it_writes(self, command: str) -> str:
        """Why `command` could change the device, as a clause; empty when it only reads."""
        words = command.split()
        if not words:
            return "it is empty"
        first = words[0].lower()
        if not any(word == first or (len(first) >= 2 and word.startswith(first)) for word in self.read_only):
            return f"'{words[0]}' is not a read-only command of {self.name}"
        for pattern in self.redirections:
            match = re.search(pattern, command)
            if match:
                return f"'{match.group().strip()}' sends output elsewhere or starts another command"
        return ""


_TABLE = {
    platform.name: platform
    for platform in (
        Platform(name="cisco_ios"),
        Platform(name="cisco_xe"),
        Platform(name="cisco_nxos"),
        Platform(name="cisco_xr"),
        Platform(name="arista_eos"),
        Platform(name="juniper_junos", errors=(r"error: ", r"unknown command", r"syntax error", r"missing argument")),
    )
}


def platform_name(name: str | None) -> str | None:
    """Netmiko's device type for a name as it stands in an inventory."""
    return ALIASES.get(name, name) if name else None


def platform_of(name: str | None) -> Platform:
    """The facts about a platform; for one we know nothing special about, those most CLIs share."""
    resolved = platform_name(name) or "this platform"
    return _TABLE.get(resolved) or Platform(name=resolved)
