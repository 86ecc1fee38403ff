"""The platforms that the lab can play, by Netmiko's name for them."""

from __future__ import annotations

from collections.abc import Mapping

from runner.lab.personalities.arista_eos import ARISTA_EOS
from runner.lab.personalities.cisco_ios import CISCO_IOS
from runner.lab.personalities.cisco_xr import CISCO_XR
from runner.lab.personalities.juniper_junos import JUNIPER_JUNOS
from runner.lab.personalities.linux import LINUX
from runner.lab.personality import Personality

PERSONALITIES: Mapping[str, Personality] = {each.name: each for each in (CISCO_IOS, ARISTA_EOS, CISCO_XR, JUNIPER_JUNOS, LINUX)}
