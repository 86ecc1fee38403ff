"""Renders templates and evaluates expressions: plain data in, plain data out, and what comes out is never rendered again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MappingView
from dataclasses import dataclass, field
from typing import Any

from jinja2 import Template, TemplateSyntaxError, nodes
from jinja2.exceptions import TemplateError as JinjaError
from jinja2.meta import find_undeclared_variables
from jinja2.parser import Parser
from jinja2.runtime import Context, Undefined, new_context
from jinja2.utils import missing

from runner.documents.scalars import kind
from runner.documents.suggest import did_you_mean
from runner.errors import InputError, Problem
from runner.playbook.guard import HINT, SecretTouched
from runner.playbook.habits import NAMES
from runner.playbook.limits import LimitPassed, bounded, check_text
from runner.playbook.lookups import fields_of
from runner.playbook.sandbox import Sandbox, Told, UndefinedName
from runner.secret import holds_marker

_VALUE = "_value_"  # the variable that takes an expression's value
_MAX_SOURCE = 1_000_000
_MAX_DEPTH = 100
_MAX_BITS = 10_000
_MAX_OTHERS = 10  # undefined names told beside the first: for each the text is rendered again
_MAX_MESSAGE = 300  # a message may quote a value, and a value may be all that a device said


class TemplateError(InputError):
    """A template or expression cannot be used; one sentence says why.

    `undefined` is the name that does not exist where that is the reason. `line` counts from 1 inside the template's text,
    `offset` is the character at which that line begins; both None where Jinja2 does not tell. `others` are undefined names that
    stand behind it in the same text.
    """

    def __init__(
        self, message: str, *, hint: str = "", undefined: str | None = None, line: int | None = None, offset: int | None = None
    ) -> None:
        message = " ".join(message.split())
        super().__init__(Problem(message=message if len(message) <= _MAX_MESSAGE else f"{message[:_MAX_MESSAGE]}...", hint=hint))
        self.undefined = undefined
        self.line = line
        self.offset = offset
        self.others: tuple[TemplateError, ...] = ()


@dataclass(frozen=True)
class _Compiled:
    template: Template
    names: frozenset[str]
    reads: tuple[str, ...]  # the names, and those of all functions, which a variable may go before
    is_value: bool
    length: int
    host_fields: frozenset[str]


@dataclass(frozen=True)
class Templates:
    """Compiles each text once; threads may share it. Templates do not read files."""

    _sandbox: Sandbox = field(default_factory=Sandbox, repr=False)
    _texts: dict[str, _Compiled] = field(default_factory=dict, repr=False)
    _expressions: dict[str, _Compiled] = field(default_factory=dict, repr=False)
    _files: dict[str, _Compiled] = field(default_factory=dict, repr=False)

    def render(self, value: Any, scope: Mapping[str, Any]) -> Any:
        """The value with every template in its texts rendered once; keys of mappings stay as they are.

        A text that is nothing but `{{ expression }}` becomes the expression's value, whatever its type.

        Raises:
            TemplateError: wrong syntax, an undefined name, something not allowed, or a limit passed.
        """
        if isinstance(value, str):
            return self._run(self._text(value), scope) if is_template(value) else value
        if isinstance(value, Mapping):
            return {key: self.render(inner, scope) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [self.render(inner, scope) for inner in value]
        return value

    def evaluate(self, expression: Any, scope: Mapping[str, Any]) -> Any:
        """The value of an expression written without braces; anything but text is its own value. Raises TemplateError."""
        return self._run(self._expression(expression), scope) if isinstance(expression, str) else expression

    def render_file(self, source: str, scope: Mapping[str, Any]) -> str:
        """The text that the text of a template file gives. Raises TemplateError, with the line where it is known."""
        return str(self._run(self._file(source), scope))

    def file_names(self, source: str) -> frozenset[str]:
        """The variables that the text of a template file uses and does not set itself. Raises TemplateError for wrong syntax."""
        return self._file(source).names

    def names(self, value: Any) -> frozenset[str]:
        """The variables that templates in the value use and do not set themselves. Raises TemplateError for wrong syntax."""
        if isinstance(value, str):
            return self._text(value).names if is_template(value) else frozenset()
        inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
        return frozenset().union(*map(self.names, inner))

    def expression_names(self, expression: Any) -> frozenset[str]:
        """The variables that an expression uses. Raises TemplateError for wrong syntax."""
        return self._expression(expression).names if isinstance(expression, str) else frozenset()

    def host_fields(self, text: str, *, expression: bool) -> frozenset[str]:
        """The fields of `host` that a text with templates, or an expression, looks up. Raises TemplateError for wrong syntax."""
        return self._expression(text).host_fields if expression else self._text(text).host_fields

    def _file(self, source: str) -> _Compiled:
        compiled = self._files.get(source)
        if compiled is None:
            compiled = self._files[source] = self._compile(source, expression=False, as_value=False)
        return compiled

    def _text(self, text: str) -> _Compiled:
        compiled = self._texts.get(text)
        if compiled is None:
            compiled = self._texts[text] = self._compile(text, expression=False)
        return compiled

    def _expression(self, text: str) -> _Compiled:
        compiled = self._expressions.get(text)
        if compiled is None:
            compiled = self._expressions[text] = self._compile(text, expression=True)
        return compiled

    def _compile(self, text: str, *, expression: bool, as_value: bool = True) -> _Compiled:
        if len(text) > _MAX_SOURCE:
            raise TemplateError(f"a template may have {_MAX_SOURCE:,} characters, this one has {len(text):,}")
        if expression and text.strip().startswith("{{"):
            raise TemplateError("an expression is written without {{ }}", hint="remove the braces")
        self._sandbox.meter.start(len(text))
        try:
            if expression:
                tree, is_value = _assigned(_parsed_expression(self._sandbox, text), self._sandbox), True
            else:
                tree, is_value = _parsed_text(self._sandbox, text) if as_value else (self._sandbox.parse(text), False)
            names = frozenset(find_undeclared_variables(tree)) - set(self._sandbox.globals)
            fields = fields_of(tree, "host")
            template = self._sandbox.from_string(self._sandbox.prepare(tree))
        except Exception as error:  # anything a user's template makes Jinja2 or Python's compiler raise is the template's fault
            raise self._explained(error, text, {}) from None
        return _Compiled(template, names, tuple({*names, *self._sandbox.globals}), is_value, len(text), fields)

    def _run(self, compiled: _Compiled, scope: Mapping[str, Any]) -> Any:
        try:
            return self._run_once(compiled, scope, {})
        except TemplateError as error:
            error.others = () if compiled.is_value else self._others(error, compiled, scope)
            raise

    def _others(self, first: TemplateError, compiled: _Compiled, scope: Mapping[str, Any]) -> tuple[TemplateError, ...]:
        """The undefined names behind the first that the text certainly comes to, whatever value that one will have."""
        found, told, name = list[TemplateError](), dict[str, Any](), first.undefined
        while name in compiled.names - scope.keys() and len(found) < _MAX_OTHERS:
            told[name] = Told(name=name)
            try:
                self._run_once(compiled, scope, told)
                break
            except TemplateError as error:
                name = error.undefined
                if name is None or name in told:
                    break
                found.append(error)
        return tuple(found)

    def _run_once(self, compiled: _Compiled, scope: Mapping[str, Any], told: Mapping[str, Any]) -> Any:
        # A secret stands in a variable of its own, so that it is enough to look at the texts among all variables, those that the
        # template does not name too: they can stand in a list that it does name.
        has_secrets = any(map(holds_marker, [value for value in scope.values() if isinstance(value, str)]))
        self._sandbox.meter.start(compiled.length, has_secrets=has_secrets)
        try:
            context = self._context(compiled, scope, told)
            chunks: list[str] = []
            length = 0
            for chunk in compiled.template.root_render_func(context):
                chunks.append(chunk)
                length += len(chunk)
                check_text(length)
            return _plain(context.vars[_VALUE]) if compiled.is_value else "".join(chunks)
        except Exception as error:  # anything a user's template raises is the template's fault
            explained = self._explained(error, "", scope)
            if explained.line is None:
                explained.line = _line_of(error, compiled.template)
            raise explained from None

    def _context(self, compiled: _Compiled, scope: Mapping[str, Any], told: Mapping[str, Any]) -> Context:
        """The names that a template can reach and no others, in one plain dictionary: this is done for every host and template."""
        reached = {**self._sandbox.globals, **{name: scope[name] for name in compiled.reads if name in scope}, **told}
        return new_context(self._sandbox, compiled.template.name, compiled.template.blocks, reached, shared=True)

    def _explained(self, error: Exception, text: str, scope: Mapping[str, Any]) -> TemplateError:
        match error:
            case TemplateError():
                return error
            case UndefinedName(name=name, owner=owner) if owner is missing:
                return TemplateError(f"'{name}' is undefined", hint=did_you_mean(name, scope) or NAMES.get(name, ""), undefined=name)
            case UndefinedName(name=name, owner=owner):
                known = list(owner) if isinstance(owner, Mapping) else []
                place = "an empty value" if owner is None else f"{kind(owner).replace('a ', 'the ', 1)} it is looked up in"
                message = f"'{name}' is undefined in {place}"
                return TemplateError(message, hint=_near(name, known), undefined=name)
            case TemplateSyntaxError(message=message, lineno=line):
                return self._syntax(message or "", line, text)
            case SecretTouched():
                return TemplateError(str(error), hint=HINT)
            case LimitPassed():
                return TemplateError(f"the template {error}", hint="make it smaller")
            case RecursionError() | MemoryError():
                return TemplateError("the template is nested too deeply")
            case JinjaError():
                return TemplateError(str(error.message or error))
        return TemplateError(f"the template fails: {error}")

    def _syntax(self, message: str, line: int, text: str) -> TemplateError:
        hint = ""
        for sort, known in (("filter", self._sandbox.filters), ("test", self._sandbox.tests)):
            if message.startswith(f"No {sort} named '"):
                name = message.split("'")[1]
                message = f"there is no {sort} '{name}'"
                hint = did_you_mean(name, [each for each in known if not each.startswith("_")])
        lines = text.splitlines(keepends=True)
        return TemplateError(message.rstrip("."), hint=hint, line=line, offset=sum(map(len, lines[: line - 1])))


def _line_of(error: Exception, template: Template) -> int | None:
    """The line of a template in which an error was raised, as far as Jinja2 remembers."""
    line, trace = None, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == (template.filename or "<template>"):
            line = template.get_corresponding_lineno(trace.tb_lineno)
        trace = trace.tb_next
    return line


def _near(name: str, known: list[Any]) -> str:
    """Advice about a key that does not exist, from those that do; a number and its text are two keys."""
    for key in known:
        if str(key) == name:
            return f"the key is the text '{key}', in quotes" if isinstance(key, str) else f"the key is the number {key}, without quotes"
    return did_you_mean(name, [key for key in known if isinstance(key, str)])


def is_template(text: str) -> bool:
    """Whether a text may be a template."""
    return "{{" in text or "{%" in text or "{#" in text


def _parsed_expression(sandbox: Sandbox, text: str) -> nodes.Expr:
    parser = Parser(sandbox, text, state="variable")
    value = parser.parse_expression()
    if not parser.stream.eos:
        raise TemplateSyntaxError(f"'{parser.stream.current.value}' does not belong behind the expression", 1)
    return value


def _parsed_text(sandbox: Sandbox, text: str) -> tuple[nodes.Template, bool]:
    """The template, and whether it is nothing but `{{ expression }}`, a line end behind it aside."""
    tree = sandbox.parse(text)
    if len(tree.body) == 1 and isinstance(tree.body[0], nodes.Output) and text.startswith("{{"):
        values = [each for each in tree.body[0].nodes if not isinstance(each, nodes.TemplateData) or each.data.strip("\n")]
        if len(values) == 1 and not isinstance(values[0], nodes.TemplateData):
            return _assigned(values[0], sandbox), True
    return tree, False


def _assigned(value: nodes.Expr, sandbox: Sandbox) -> nodes.Template:
    """A template that leaves an expression's value in a variable, which keeps its type."""
    tree = nodes.Template([nodes.Assign(nodes.Name(_VALUE, "store"), value, lineno=1)], lineno=1)
    tree.set_environment(sandbox)
    return tree


def _plain(value: Any, depth: int = 0) -> Any:
    """Plain data made of what an expression gave."""
    if isinstance(value, int) and value.bit_length() > _MAX_BITS:
        raise LimitPassed("makes a number that is too large")
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return str(value)
    if depth > _MAX_DEPTH:
        raise LimitPassed("makes values that are nested too deeply")
    if isinstance(value, Undefined):
        return str(value)  # raises, with the name
    if isinstance(value, Mapping):
        return {key if isinstance(key, str | int) else str(key): _plain(inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset | range | Iterator | MappingView):
        return [_plain(inner, depth + 1) for inner in bounded(value)]
    raise TemplateError(f"the expression gives a {type(value).__name__}, not data")
