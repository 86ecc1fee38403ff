"""The Jinja2 environment of templates: sandboxed, strict about undefined names, counting what it does, without files and side effects.

Values are plain data, so every method that may be called is on a short list here; the rules of Jinja2's own sandbox hold below that.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, cast

from jinja2 import StrictUndefined, Undefined, nodes, pass_context
from jinja2.exceptions import SecurityError, UndefinedError
from jinja2.runtime import BlockReference, Context, LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment, SandboxedFormatter
from jinja2.utils import Namespace, missing

from runner.playbook import guard
from runner.playbook.filters import filters, tests
from runner.playbook.limits import (
    LimitPassed,
    Meter,
    bounded,
    check_count,
    check_format,
    check_power,
    check_product,
    check_replace,
    check_spec,
    check_text,
    measure,
)
from runner.playbook.rewriting import Rewriting

_OF_TEXT = (
    "capitalize casefold count endswith find index isalnum isalpha isascii isdecimal isdigit isidentifier islower isnumeric"
    " isprintable isspace istitle isupper lower lstrip partition removeprefix removesuffix rfind rindex rpartition rsplit rstrip"
    " split splitlines startswith strip swapcase title upper center join ljust replace rjust zfill"
)
_METHODS: dict[type, frozenset[str]] = {
    str: frozenset(_OF_TEXT.split()),
    dict: frozenset({"get", "items", "keys", "values"}),
    list: frozenset({"copy", "count", "index"}),
    tuple: frozenset({"count", "index"}),
    int: frozenset({"bit_length"}),
    float: frozenset({"is_integer"}),
}
_MAX_RANGE = 100_000


class UndefinedName(UndefinedError):
    """A template used a name or a key that does not exist. `owner` is what was looked into, `missing` for a variable."""

    def __init__(self, name: str, owner: Any) -> None:
        super().__init__(f"'{name}' is undefined")
        self.name = name
        self.owner = owner


class Missing(StrictUndefined):
    """An undefined value. Looking further into it is allowed, as in Ansible, so that `a.b.c is defined` can be asked."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        if self._undefined_hint:
            return self._undefined_hint
        known = isinstance(self._undefined_obj, Mapping | list | tuple | str | int | float | types.NoneType)
        raise UndefinedName(str(self._undefined_name), self._undefined_obj if known else missing)

    def __getattr__(self, name: str) -> Any:
        if name[:2] == "__":
            raise AttributeError(name)
        return self

    def __getitem__(self, key: Any) -> Any:
        return self


class Told(Missing):
    """A variable that does not exist, which was told already: it puts nothing into the text, and is undefined for all else."""

    __slots__ = ()


class Sandbox(ImmutableSandboxedEnvironment):
    """The environment. One is used by many threads; what is counted is counted for each thread alone."""

    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "**", "%"})

    def __init__(self) -> None:
        self.meter = Meter()
        super().__init__(undefined=Missing, finalize=self._output, keep_trailing_newline=True, optimized=False, cache_size=0)
        self.globals = {"range": _range, "dict": dict, "namespace": Namespace}
        own = {"_made": self.meter.made, "_turns": self._turns, "_asked": self._asked, "_compared": self._compared, "_cut": self._cut}
        jinjas = {name: cast(Callable[..., Any], test) for name, test in self.tests.items() if name != "escaped"}
        self.filters = {**{name: self._guarded("filter", name, each) for name, each in filters(self.meter).items()}, **own}
        self.tests = {name: self._guarded("test", name, each) for name, each in {**jinjas, **tests(self.meter)}.items()}

    def prepare(self, template: nodes.Template) -> nodes.Template:
        """Put counting into a parsed template."""
        return cast(nodes.Template, Rewriting(self).visit(template))

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Keys of a mapping before its methods, so that `host.data.items` is the data."""
        if isinstance(obj, Mapping) and attribute in obj:
            return obj[attribute]
        if self.meter.has_secrets:
            guard.check_text(obj, f"'.{attribute}'")
        return super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Counted, because filters look up attributes through it, once for each entry."""
        self.meter.spend(1 + (len(argument) // 100 if isinstance(argument, str) else 0))
        if self.meter.has_secrets:
            guard.check_text(obj, "'[ ]'")
            guard.check_text(argument, "'[ ]'")
        return super().getitem(obj, argument)

    def wrap_str_format(self, value: Any) -> Any:
        """`str.format` with widths checked."""
        if isinstance(value, types.BuiltinMethodType) and isinstance(value.__self__, str) and value.__name__ == "format":
            return _Format(self, value.__self__)
        return None

    def unsafe_undefined(self, obj: Any, attribute: str) -> Undefined:
        """What is not allowed: private attributes, and methods that would change a value."""
        owner = "an undefined value" if isinstance(obj, Undefined) else f"a {type(obj).__name__}"
        return self.undefined(f"'{attribute}' of {owner} cannot be used in a template", obj=obj, name=attribute, exc=SecurityError)

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call what may be called: macros, loops, the globals above, and the listed methods of plain data."""
        self.meter.turn()
        self._check_callable(obj)
        owner = getattr(obj, "__self__", getattr(obj, "text", None))
        if self.meter.has_secrets and not isinstance(obj, Macro) and obj is not dict and obj is not Namespace:
            guard.check_all([owner if isinstance(owner, str) else None, args, kwargs], f"'{getattr(obj, '__name__', 'format')}()'")
        if isinstance(getattr(obj, "__self__", None), str):
            args = _checked(obj.__self__, obj.__name__, args)
        return self.meter.made(super().call(context, obj, *args, **kwargs))

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """An operator that can make something large out of something small."""
        if self.meter.has_secrets:
            guard.check_all([left, right], f"'{operator}'")
        if operator == "*":
            check_product(left, right)
        elif operator == "**":
            check_power(left, right)
        elif operator == "%" and isinstance(left, str):
            check_format(left, right)
        return self.meter.made(super().call_binop(context, operator, left, right))

    def _check_callable(self, obj: Any) -> None:
        if isinstance(obj, Missing | Macro | LoopContext | BlockReference | _Format) or obj is _range or obj is dict or obj is Namespace:
            return
        owner = getattr(obj, "__self__", None)
        if isinstance(owner, LoopContext):
            return
        name = getattr(obj, "__name__", type(obj).__name__)
        methods = _METHODS.get(dict if isinstance(owner, Mapping) else type(owner), frozenset())
        if not isinstance(obj, types.BuiltinMethodType | types.MethodType) or name not in methods:
            raise SecurityError(f"'{name}' cannot be called in a template")

    @pass_context
    def _output(self, context: Context, value: Any) -> Any:
        """What an expression puts into the text; the context is there to keep Jinja2 from doing this while it compiles."""
        if self.meter.has_secrets and not isinstance(value, str):
            guard.check_all(value, "making a text of a list or mapping")
        return "" if isinstance(value, Told) else self.meter.made(value)

    def _guarded(self, kind: str, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        return guard.guarded(kind, name, function, lambda: self.meter.has_secrets)

    def _asked(self, value: Any) -> Any:
        """What a condition looks at: whether it is empty."""
        if self.meter.has_secrets:
            guard.check_text(value, "a condition")
        return value

    def _compared(self, value: Any) -> Any:
        if self.meter.has_secrets:
            guard.check_all(value, "a comparison")
        return value

    def _cut(self, value: Any) -> Any:
        """What is sliced. Jinja2 writes a slice as plain Python, which asks nobody."""
        if self.meter.has_secrets:
            guard.check_text(value, "a slice")
        return self.meter.made(value)

    def _turns(self, values: Iterable[Any]) -> Iterator[Any]:
        if self.meter.has_secrets:
            guard.check_text(values, "a loop")
        for each in values:
            self.meter.turn()
            yield each


class _Format:
    """The `format` method of a text."""

    def __init__(self, sandbox: Sandbox, text: str) -> None:
        self._formatter = _Formatter(sandbox)
        self._text = self.text = text

    def __call__(self, *args: Any, **kwargs: Any) -> str:
        check_text(len(self._text) + self._text.count("{") * measure([args, kwargs])[1])
        return self._formatter.vformat(self._text, args, kwargs)


class _Formatter(SandboxedFormatter):
    def format_field(self, value: Any, format_spec: str) -> Any:
        check_spec(format_spec)
        return super().format_field(value, format_spec)


def _checked(text: str, method: str, args: tuple[Any, ...]) -> tuple[Any, ...]:
    """The arguments of a text's method, once what it makes is known to be small enough."""
    if method in ("center", "ljust", "rjust", "zfill"):
        for each in args:
            check_count(each)
    elif method == "replace" and len(args) > 1 and isinstance(args[0], str) and isinstance(args[1], str):
        check_replace(text, args[0], args[1])
    elif method == "join" and args:
        parts = bounded(args[0])
        check_text(measure(parts)[1] + len(parts) * len(text))
        return (parts,)
    return args


def _range(*args: Any) -> range:
    """`range` with at most as many numbers as Jinja2's own sandbox allows."""
    made = range(*args)
    if len(made) > _MAX_RANGE:
        raise LimitPassed(f"uses a range of more than {_MAX_RANGE:,} numbers")
    return made
