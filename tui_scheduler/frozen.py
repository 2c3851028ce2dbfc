"""Frozen dataclasses with slots, of which nothing is compiled before the first object is made.

``dataclasses`` compiles six functions for each class, and loads ``inspect`` to do so: that was a
third of a short command. Here classes share what can be shared, and ``__init__`` is compiled when
it is called first. To type checkers, and to ``replace``, ``fields`` and ``asdict`` of the standard
library, these are the dataclasses that they look like. They inherit fields from such classes alone.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any, ClassVar, NamedTuple, NoReturn, TypeVar, dataclass_transform, overload

T = TypeVar("T")

_NOTHING: Any = object()
_FIELDS = "__frozen_fields__"
_set = object.__setattr__


class Field(NamedTuple):
    """What is known of a field beside its name and its type."""

    default: Any = _NOTHING
    default_factory: Any = _NOTHING
    repr: bool = True
    compare: bool = True
    kw_only: bool = False


@overload
def field(*, default_factory: Callable[[], T], repr: bool = ..., compare: bool = ...) -> T: ...
@overload
def field(*, default: T, repr: bool = ..., compare: bool = ...) -> T: ...
@overload
def field(*, repr: bool = ..., compare: bool = ...) -> Any: ...
def field(**meaning: Any) -> Any:
    """Returns what stands in the place of a default, and means what it does in ``dataclasses``."""
    return Field(**meaning)


@overload
def frozen(cls: type[T], /) -> type[T]: ...
@overload
def frozen(*, kw_only: bool = ...) -> Callable[[type[T]], type[T]]: ...
@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(cls: Any = None, /, *, kw_only: bool = False) -> Any:
    """Make a class with annotations a frozen dataclass with slots; ``kw_only`` as there."""
    return _made(cls, kw_only) if cls is not None else lambda each: _made(each, kw_only)


def _made(cls: Any, kw_only: bool) -> type[Any]:
    inherited: dict[str, Field] = {}
    for base in reversed(cls.__mro__):
        inherited |= vars(base).get(_FIELDS, {})
    body = {name: each for name, each in vars(cls).items() if name not in _OF_INSTANCES}
    own = {
        name: _field(body.pop(name, _NOTHING), kw_only)
        for name, annotation in cls.__annotations__.items()
        if not _is_of_class(annotation)
    }
    fields = inherited | own

    def __init__(self: Any, *given: Any, **named: Any) -> None:  # noqa: N807
        made.__init__ = _compiled(made, fields)
        made.__init__(self, *given, **named)

    made: Any = type(cls)(
        cls.__name__,
        cls.__bases__,
        {
            "__init__": __init__,
            **_compared_by([name for name, each in fields.items() if each.compare]),
            **_SHARED,
            **body,
            _FIELDS: fields,
            "__slots__": tuple(name for name in own if name not in inherited),
            "__match_args__": tuple(name for name, each in fields.items() if not each.kw_only),
        },
    )
    return made  # type: ignore[no-any-return]


def _is_of_class(annotation: Any) -> bool:
    if isinstance(annotation, str):
        return annotation.startswith("ClassVar")
    return getattr(annotation, "__origin__", annotation) is ClassVar


def _field(given: Any, kw_only: bool) -> Field:
    if isinstance(given, Field):
        return given._replace(kw_only=kw_only)
    if type(given).__module__ == "dataclasses":
        raise TypeError("field() of tui_scheduler.frozen is meant")
    return Field(given, kw_only=kw_only)


def _compared_by(names: Sequence[str]) -> dict[str, Any]:
    values = attrgetter(*names) if names else lambda _: ()

    def __eq__(self: Any, other: Any) -> bool:  # noqa: N807
        return values(self) == values(other) if type(self) is type(other) else NotImplemented

    def __hash__(self: Any) -> int:  # noqa: N807
        return hash(values(self))

    return {"__eq__": __eq__, "__hash__": __hash__}


def _compiled(cls: type[Any], fields: Mapping[str, Field]) -> Callable[..., None]:
    """Returns ``__init__`` with the fields as its parameters."""
    names: dict[str, Any] = {"_set": _set, "_NOTHING": _NOTHING}
    parameters: dict[bool, list[str]] = {False: [], True: []}
    lines = []
    for name, each in fields.items():
        value, default = name, ""
        if each.default_factory is not _NOTHING:
            names[f"_make_{name}"] = each.default_factory
            value, default = f"_make_{name}() if {name} is _NOTHING else {name}", "=_NOTHING"
        elif each.default is not _NOTHING:
            names[f"_default_{name}"] = each.default
            default = f"=_default_{name}"
        parameters[each.kw_only].append(name + default)
        lines.append(f" _set(self, {name!r}, {value})")
    if hasattr(cls, "__post_init__"):
        lines.append(" self.__post_init__()")
    listed = ["self", *parameters[False], *(["*", *parameters[True]] if parameters[True] else [])]
    found: dict[str, Any] = {}
    exec("\n".join([f"def __init__({', '.join(listed)}):", *lines, " pass"]), names, found)  # noqa: S102
    init: Callable[..., None] = found["__init__"]
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    return init


def _repr(self: Any) -> str:
    fields: Mapping[str, Field] = getattr(self, _FIELDS)
    shown = [f"{name}={getattr(self, name)!r}" for name, each in fields.items() if each.repr]
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _refuse(self: Any, name: str, *_: object) -> NoReturn:
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"cannot change field {name!r} of {type(self).__qualname__}")


def _state(self: Any) -> list[Any]:
    return [getattr(self, name) for name in getattr(self, _FIELDS)]


def _set_state(self: Any, state: Iterable[Any]) -> None:
    for name, value in zip(getattr(self, _FIELDS), state, strict=True):
        _set(self, name, value)


class _AsStandard:
    """The fields as ``dataclasses`` knows them, made when it asks for them."""

    def __get__(self, _thing: object, owner: Any) -> Any:
        import dataclasses

        types: dict[str, Any] = {}
        for base in reversed(owner.__mro__):
            types |= base.__annotations__ if _FIELDS in vars(base) else {}
        described = [
            (name, types[name], dataclasses.field(**_meaning(each)))
            for name, each in getattr(owner, _FIELDS).items()
        ]
        made: Any = dataclasses.make_dataclass(owner.__name__, described)
        owner.__dataclass_fields__ = made.__dataclass_fields__
        return made.__dataclass_fields__


def _meaning(each: Field) -> dict[str, Any]:
    return {key: value for key, value in each._asdict().items() if value is not _NOTHING}


_OF_INSTANCES = {"__dict__", "__weakref__"}
_SHARED = {
    "__repr__": _repr,
    "__setattr__": _refuse,
    "__delattr__": _refuse,
    "__getstate__": _state,
    "__setstate__": _set_state,
    "__dataclass_fields__": _AsStandard(),
}
