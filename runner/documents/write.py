"""Writes plain data as YAML that our own reader, and one of YAML 1.1, both read as the same."""

from __future__ import annotations

from typing import Any

import yaml

from runner.documents.scalars import resolve


class _Dumper(yaml.SafeDumper):
    """PyYAML's safe dumper, which quotes what either reader would take for something else than text."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = "'" if resolve(value) is not value and "\n" not in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def to_yaml(data: Any, comment: str = "") -> str:
    """The data, one key a line in the order given, with a comment of one line before it."""
    text = yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120, default_flow_style=False)
    return f"# {comment}\n{text}" if comment else text
