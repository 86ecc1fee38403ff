"""The platforms that the lab can play, by Netmiko's name for them."""

from __future__ import annotations

from collections.abc import Mapping

from runner.lab.personalities.cisco_ios import CISCO_IOS
from runner.lab.personality import Personality

PERSONALITIES: Mapping[str, Personality] = {CISCO_IOS.name: CISCO_IOS}
