"""What templates and plugins see of a device: plain values under `host`, and never a login."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from runner.inventory.model import Device, Inventory


class HostView(Mapping[str, Any]):
    """A device's name, hostname, port, platform and groups, and its data, read by key or as an attribute.

    The five built-in names win over data of the same name. Data named like a method of a mapping (`keys`, `items`, `values`,
    `get`) is read by key: `host["keys"]`.
    """

    __slots__ = ("_values",)
    _values: dict[str, Any]

    def __init__(self, values: Mapping[str, Any]) -> None:
        object.__setattr__(self, "_values", dict(values))

    @classmethod
    def of(cls, device: Device) -> HostView:
        """The view of one device."""
        return cls(
            {
                **_named(device.data),
                "name": device.name,
                "hostname": device.hostname,
                "port": device.port,
                "platform": device.platform,
                "groups": list(device.groups),
            }
        )

    def __getitem__(self, key: str) -> Any:
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __getattr__(self, name: str) -> Any:
        # Only called when nothing else has that name. Names of Python's protocols must stay unknown here.
        if name.startswith("_") or name not in self._values:
            raise AttributeError(name)
        return self._values[name]

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a host cannot be changed")

    def __reduce__(self) -> tuple[type[HostView], tuple[dict[str, Any]]]:
        return type(self), (self._values,)

    def __repr__(self) -> str:
        return f"HostView({self._values.get('name', '')})"


def variables_of(device: Device, inventory: Inventory) -> dict[str, Any]:
    """The top-level names that templates see for a device: its data, and Ansible's names for host and groups, which win over data."""
    return {
        **_named(device.data),
        "host": HostView.of(device),
        "inventory_hostname": device.name,
        "group_names": sorted(device.groups),
        "groups": inventory.all_groups,
    }


def _named(data: Mapping[Any, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if isinstance(key, str)}
