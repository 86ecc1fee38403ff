"""Rewrites parsed templates so that what Jinja2 compiles to plain Python, asking nobody, goes through filters of the environment."""

from __future__ import annotations

from typing import NoReturn, cast

from jinja2 import Environment, nodes
from jinja2.exceptions import SecurityError
from jinja2.visitor import NodeTransformer


class Rewriting(NodeTransformer):
    """Rewrites the constructs that Jinja2 compiles to plain Python without asking the environment."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802  # jinja2 finds the method by the node's name
        self.generic_visit(node)
        node.iter = self._through("_turns", node.iter)
        if node.test is not None:
            node.test = self._through("_asked", node.test)
        return node

    def visit_If(self, node: nodes.If) -> nodes.Node:  # noqa: N802  # as above
        self.generic_visit(node)
        node.test = self._through("_asked", node.test)
        return node

    visit_CondExpr = visit_If  # noqa: N815  # as above

    def visit_Not(self, node: nodes.Not) -> nodes.Node:  # noqa: N802  # as above
        self.generic_visit(node)
        node.node = self._through("_asked", node.node)
        return node

    def visit_And(self, node: nodes.BinExpr) -> nodes.Node:  # noqa: N802  # as above
        self.generic_visit(node)
        node.left = self._through("_asked", node.left)
        return node

    visit_Or = visit_And  # noqa: N815  # as above

    def visit_Compare(self, node: nodes.Compare) -> nodes.Node:  # noqa: N802  # as above
        self.generic_visit(node)
        node.expr = self._through("_compared", node.expr)
        for operand in node.ops:
            operand.expr = self._through("_compared", operand.expr)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802  # as above
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
