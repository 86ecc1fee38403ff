"""Which fields of a known mapping a template looks up, so that a field that does not exist is found before anything runs."""

from __future__ import annotations

from jinja2 import nodes


def fields_of(tree: nodes.Template, owner: str) -> frozenset[str]:
    """The names looked up directly in the variable `owner`: `host.site` and `host['site']` give `site`.

    Empty where the template gives that variable a value of its own.
    """
    if any(name.name == owner and name.ctx != "load" for name in tree.find_all(nodes.Name)):
        return frozenset()
    found = (_field(node, owner) for node in tree.find_all((nodes.Getattr, nodes.Getitem)))
    return frozenset(field for field in found if field)


def _field(node: nodes.Node, owner: str) -> str:
    """The name that a node looks up in `owner`; empty where it looks up something else."""
    if not isinstance(node, nodes.Getattr | nodes.Getitem) or not isinstance(node.node, nodes.Name) or node.node.name != owner:
        return ""
    if isinstance(node, nodes.Getattr):
        return node.attr
    return node.arg.value if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str) else ""
