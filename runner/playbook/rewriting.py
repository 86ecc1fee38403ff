"""Rewrites parsed templates so that what Jinja2 compiles to plain Python, asking nobody, goes through filters of the environment."""

from __future__ import annotations

from typing import Any, NoReturn, cast

from jinja2 import Environment, nodes
from jinja2.exceptions import SecurityError
from jinja2.visitor import NodeTransformer

_FIELDS: dict[type[nodes.Node], dict[str, str]] = {
    nodes.For: {"iter": "_turns", "test": "_asked"},
    nodes.If: {"test": "_asked"},
    nodes.CondExpr: {"test": "_asked"},
    nodes.Not: {"node": "_asked"},
    nodes.And: {"left": "_asked"},
    nodes.Or: {"left": "_asked"},
    nodes.Compare: {"expr": "_compared"},
    nodes.Operand: {"expr": "_compared"},
}
"""The filter that each field of a node goes through."""


class Rewriting(NodeTransformer):
    """Rewrites the constructs that Jinja2 compiles to plain Python without asking the environment."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment

    def generic_visit(self, node: nodes.Node, *args: Any, **kwargs: Any) -> nodes.Node:
        """Rewrite what is inside a node, then the fields of its own that are listed."""
        super().generic_visit(node, *args, **kwargs)
        for field, name in _FIELDS.get(type(node), {}).items():
            if (value := getattr(node, field)) is not None:
                setattr(node, field, self._through(name, value))
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802  # jinja2 finds the method by the node's name
        self.generic_visit(node)
        return self._through("join", nodes.List(node.nodes, lineno=node.lineno, environment=self._environment))

    def visit_List(self, node: nodes.Literal) -> nodes.Node:  # noqa: N802  # as above
        self.generic_visit(node)
        return self._through("_made", node) if node.find(nodes.Name) else node

    visit_Dict = visit_List  # noqa: N815  # as above

    def visit_Tuple(self, node: nodes.Tuple) -> nodes.Node:  # noqa: N802  # as above
        self.generic_visit(node)
        return self._through("_made", node) if node.ctx == "load" and node.find(nodes.Name) else node

    def visit_Getitem(self, node: nodes.Getitem) -> nodes.Node:  # noqa: N802  # as above
        self.generic_visit(node)
        if isinstance(node.arg, nodes.Slice):
            # Jinja2 writes a slice as plain Python, which warns on the user's terminal about slices of numbers and the like.
            node.node = self._through("_cut", node.node)
        return node

    def visit_Include(self, node: nodes.Node) -> NoReturn:  # noqa: N802  # as above
        raise SecurityError("templates cannot include, import or extend other files; put all of it into one")

    visit_Import = visit_FromImport = visit_Extends = visit_Include  # noqa: N815  # as above

    def _through(self, name: str, node: nodes.Node) -> nodes.Filter:
        return nodes.Filter(cast(nodes.Expr, node), name, [], [], None, None, lineno=node.lineno, environment=self._environment)
