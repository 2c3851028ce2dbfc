"""Environment variables as users write them and as they are stored."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.texts import ANY_CHARACTER
from tui_scheduler.services.parameters.variables import (
    dump_variables,
    load_variables,
    parse_variables,
    readable_variables,
    variable_problems,
)

names = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]*", fullmatch=True, alphabet=ANY_CHARACTER)
values = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


class TestWriting:
    def test_each_line_is_one(self) -> None:
        assert parse_variables(["A=1", "", "  ", " B =x=y ", "C="]) == {
            "A": "1",
            "B": "x=y ",
            "C": "",
        }

    def test_the_last_one_of_a_name_counts(self) -> None:
        assert parse_variables(["A=1", "A=2"]) == {"A": "2"}

    def test_a_line_without_an_equals_sign_is_named(self) -> None:
        with pytest.raises(ValueError, match="'LEVEL 9' is not NAME=VALUE"):
            parse_variables(["A=1", "LEVEL 9"])

    def test_an_empty_name_is_found_later(self) -> None:
        [problem] = variable_problems("environment", parse_variables(["=1"]))
        assert "cannot be a variable's name" in problem.text


class TestStoring:
    @settings(max_examples=30)
    @given(st.dictionaries(names, values, max_size=5))
    def test_they_come_back_in_order(self, variables: dict[str, str]) -> None:
        assert list(load_variables(dump_variables(variables)).items()) == list(variables.items())

    @pytest.mark.parametrize(
        "text", ["", "{", "[]", "1", "null", '{"A": 1}', '{"A": null}', "[" * 100_000]
    )
    def test_what_is_damaged_is_an_error_or_shown_as_nothing(self, text: str) -> None:
        with pytest.raises(ValueError, match=r".+"):
            load_variables(text)
        assert readable_variables(text) == {}
