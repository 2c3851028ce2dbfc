"""Frozen dataclasses of ours are to be told from those of the standard library by nothing."""

import copy
import pickle
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import FrozenInstanceError, asdict, dataclass, fields, is_dataclass, replace
from dataclasses import field as standard_field
from typing import Any, ClassVar, Generic, TypeVar

import pytest

from tui_scheduler.frozen import field, frozen

T = TypeVar("T")


@frozen
class Point:
    """A place."""

    x: int
    y: int = 0
    kind: ClassVar[str] = "point"

    @property
    def sum(self) -> int:
        return self.x + self.y


@frozen(kw_only=True)
class Named(Point):
    name: str
    notes: Mapping[str, str] = field(default_factory=dict, repr=False)
    seen: int = field(default=3, compare=False)


@frozen
class Box(Generic[T]):
    content: T


@frozen
class Even:
    number: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "number", self.number // 2 * 2)


@frozen
class Nothing:
    pass


@dataclass(frozen=True, slots=True)
class StandardPoint:
    """A place."""

    x: int
    y: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardNamed(StandardPoint):
    name: str
    notes: Mapping[str, str] = standard_field(default_factory=dict, repr=False)
    seen: int = standard_field(default=3, compare=False)


def test_fields_are_given_by_place_and_by_name() -> None:
    assert (Point(1, 2).x, Point(1, 2).y) == (1, 2)
    assert (Point(y=2, x=1).y, Point(1).y) == (2, 0)
    assert Point(1, 2).sum == 3
    assert Box("a").content == "a"
    assert Point.kind == "point"


def test_what_is_given_wrongly_is_refused_as_python_does() -> None:
    for wrong in ((), (1, 2, 3)):
        with pytest.raises(TypeError, match="__init__"):
            Point(*wrong)
    with pytest.raises(TypeError, match="'z'"):
        Point(x=1, z=2)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="positional"):
        Named(1, 2, "a")  # type: ignore[call-arg]


def test_nothing_can_be_changed_or_added() -> None:
    point = Point(1)
    for name in ("x", "z"):
        with pytest.raises(FrozenInstanceError, match=name):
            setattr(point, name, 2)
    with pytest.raises(FrozenInstanceError, match="x"):
        del point.x
    assert point == Point(1)
    assert not hasattr(point, "__dict__")


def test_those_that_have_the_same_in_them_are_equal() -> None:
    assert Point(1, 2) == Point(1, 2) != Point(2, 1)
    assert hash(Point(1, 2)) == hash(Point(1, 2))
    assert len({Point(1), Point(1), Point(2)}) == 2
    other: object = StandardPoint(1, 2)
    assert Point(1, 2) != other
    assert Named(x=1, name="a", seen=1) == Named(x=1, name="a", seen=2)
    assert Point(1) != Named(x=1, name="a")
    assert Nothing() == Nothing()
    assert hash(Nothing()) == hash(Nothing())
    with pytest.raises(TypeError, match="unhashable"):
        hash(Named(x=1, name="a"))


def test_what_is_inherited_comes_first_and_a_default_is_made_for_each() -> None:
    first, second = Named(x=1, name="a"), Named(x=1, name="a")
    assert repr(first) == "Named(x=1, y=0, name='a', seen=3)"
    assert first.notes == {}
    assert first.notes is not second.notes


def test_what_follows_is_done_last() -> None:
    assert Even(5).number == 4
    assert replace(Even(5), number=7).number == 6


@pytest.mark.parametrize(
    ("ours", "standard", "given"),
    [(Point, StandardPoint, {"x": 1}), (Named, StandardNamed, {"x": 1, "name": "a"})],
)
def test_the_standard_library_takes_them_for_its_own(
    ours: Any, standard: Any, given: dict[str, Any]
) -> None:
    is_one: bool = is_dataclass(ours)
    assert is_one
    assert asdict(ours(**given)) == asdict(standard(**given))
    assert replace(ours(**given), y=5) == ours(**given, y=5)
    assert ours.__match_args__ == standard.__match_args__
    described = [
        [
            (each.name, each.type, each.default, each.repr, each.compare, each.kw_only)
            for each in all_
        ]
        for all_ in (fields(ours), fields(standard))
    ]
    assert described[0] == described[1]
    with pytest.raises(TypeError, match="nobody"):
        replace(ours(**given), nobody=1)


def test_they_are_matched_by_their_fields() -> None:
    match Point(1, 2):
        case Point(1, y=place):
            assert place == 2
        case _:
            pytest.fail("not matched")


def test_they_are_copied_and_pickled() -> None:
    named = Named(x=1, name="a", notes={"b": "c"})
    for again in (copy.copy(named), copy.deepcopy(named), pickle.loads(pickle.dumps(named))):
        assert again == named
        assert again.notes == {"b": "c"}


def test_the_field_of_the_standard_library_is_refused() -> None:
    with pytest.raises(TypeError, match=r"tui_scheduler\.frozen"):

        @frozen
        class _Mixed:
            x: int = standard_field(default=1)


def test_a_class_is_told_by_its_name_and_what_it_says() -> None:
    assert (Point.__name__, Point.__qualname__, Point.__module__) == ("Point", "Point", __name__)
    assert Point.__doc__ == "A place."


def test_none_of_the_standard_library_is_loaded_for_them() -> None:
    script = (
        "import sys; before = set(sys.modules); from tui_scheduler.frozen import frozen\n"
        "@frozen\nclass X:\n    x: int\n"
        "assert X(1) == X(x=1) and repr(X(1)) == 'X(x=1)'\n"
        "assert not {'dataclasses', 'inspect'} & (set(sys.modules) - before)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
