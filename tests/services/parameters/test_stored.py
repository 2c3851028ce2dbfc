"""Declarations come back from a column as they were, or the row is damaged."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.texts import ANY_CHARACTER
from tui_scheduler.services.parameters.parameters import Parameter, ParameterType
from tui_scheduler.services.parameters.stored import (
    dump_parameters,
    load_parameters,
    readable_parameters,
)

NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True, alphabet=ANY_CHARACTER)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
SOUND: dict[str, Any] = {
    "name": "DAY",
    "type": "date",
    "default": None,
    "is_required": False,
    "description": "",
    "choices": [],
}


@settings(max_examples=30)
@given(
    st.lists(
        st.builds(
            Parameter,
            name=NAMES,
            type=st.sampled_from(ParameterType),
            default=st.none() | TEXTS,
            is_required=st.booleans(),
            description=TEXTS,
            choices=st.lists(TEXTS, max_size=3).map(tuple),
        ),
        max_size=4,
    ).map(tuple)
)
def test_they_come_back_as_they_were(parameters: tuple[Parameter, ...]) -> None:
    assert load_parameters(dump_parameters(parameters)) == parameters


@pytest.mark.parametrize(
    "text",
    ["", "[", "{}", "1", "null", '"DAY"', "[1]", "[null]", '["DAY"]', "[[]]", "[" * 100_000],
)
def test_what_is_no_list_of_declarations_is_damaged(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        load_parameters(text)
    assert readable_parameters(text) == ()


@pytest.mark.parametrize(
    "damage",
    [
        {"name": 5},
        {"name": None},
        {"name": "\ud800"},
        {"type": "colour"},
        {"type": ["text"]},
        {"default": 5},
        {"default": "\ud800"},
        {"is_required": "yes"},
        {"description": None},
        {"choices": "abc"},
        {"choices": [1]},
        {"choices": {"a": "b"}},
        {"colour": "red"},
    ],
)
def test_so_is_a_declaration_with_anything_else_in_it(damage: dict[str, Any]) -> None:
    text = json.dumps([SOUND, {**SOUND, **damage}])
    with pytest.raises(ValueError, match=r".+"):
        load_parameters(text)
    assert readable_parameters(text) == ()


@pytest.mark.parametrize("name", SOUND)
def test_and_one_that_lacks_something(name: str) -> None:
    fields = {key: value for key, value in SOUND.items() if key != name}
    with pytest.raises(ValueError, match="not a list of declarations"):
        load_parameters(json.dumps([fields]))
