"""Declarations of parameters in lines: read, written, and read again as they were."""

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.texts import ANY_CHARACTER
from tui_scheduler.services.parameters.lines import (
    EXAMPLE,
    masked_parameters,
    parse_parameters,
    secret_default,
    show_parameter,
    show_parameters,
    unmasked_parameters,
)
from tui_scheduler.services.parameters.parameters import Parameter, ParameterType
from tui_scheduler.services.parameters.secrets import MASK

TEXT = st.text(ANY_CHARACTER, max_size=12) | st.text(' "{}|#=:!\\\n\ta', max_size=8)
PARAMETERS = st.builds(
    Parameter,
    name=st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True, alphabet=ANY_CHARACTER),
    type=st.sampled_from(ParameterType),
    default=st.none() | TEXT,
    is_required=st.booleans(),
    description=TEXT,
    choices=st.lists(TEXT, max_size=3).map(tuple),
)

LINES: list[tuple[str, Parameter]] = [
    ("DAY", Parameter(name="DAY")),
    ("  DAY  ", Parameter(name="DAY")),
    ("DAY!", Parameter(name="DAY", is_required=True)),
    ("DAY: date", Parameter(name="DAY", type=ParameterType.DATE)),
    ("DAY :date=today", Parameter(name="DAY", type=ParameterType.DATE, default="today")),
    ("A = b c", Parameter(name="A", default="b c")),
    ('A = "" # of nothing', Parameter(name="A", default="", description="of nothing")),
    ("A = x=y", Parameter(name="A", default="x=y")),
    ("A = b#c", Parameter(name="A", default="b#c")),
    ("A = b{c}", Parameter(name="A", default="b{c}")),
    ('A = say "hi"', Parameter(name="A", default='say "hi"')),
    ("A {b|c d | e}", Parameter(name="A", choices=("b", "c d", "e"))),
    ('A {"|"|""}', Parameter(name="A", choices=("|", ""))),
    ("A#b # c", Parameter(name="A", description="b # c")),
    ('A # "b" or not', Parameter(name="A", description='"b" or not')),
    (
        "N!: number = 7 {7|2.5} # how many",
        Parameter(
            name="N",
            type=ParameterType.NUMBER,
            default="7",
            is_required=True,
            description="how many",
            choices=("7", "2.5"),
        ),
    ),
]


@pytest.mark.parametrize(("line", "parameter"), LINES)
def test_a_line_declares_a_parameter(line: str, parameter: Parameter) -> None:
    assert parse_parameters([line]) == (parameter,)


@given(st.lists(PARAMETERS, max_size=3).map(tuple))
def test_what_is_written_is_read_again(parameters: tuple[Parameter, ...]) -> None:
    text = show_parameters(parameters)
    assert parse_parameters(text.split("\n")) == parameters
    assert text.replace("\n", "").isprintable()


@given(TEXT)
def test_any_line_is_read_or_refused(line: str) -> None:
    with suppress(ValueError):
        assert len(parse_parameters([line])) <= 1


def test_the_example_is_its_own_picture() -> None:
    assert show_parameters(parse_parameters([EXAMPLE])) == EXAMPLE


def test_blank_lines_are_passed_over() -> None:
    assert [each.name for each in parse_parameters(["", "A", "  ", "B"])] == ["A", "B"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("= 3", "begins with no name"),
        ("# only words", "begins with no name"),
        ("A: colour", "'colour' is no type: use one of text, number, date, secret"),
        ("A:", "what follows A cannot be read"),
        ("A B", "what follows A cannot be read"),
        ("A = # empty", "what follows A cannot be read"),
        ("A = #fff", "what follows A cannot be read"),
        ("A {}", "what follows A cannot be read"),
        ("A {b|}", "what follows A cannot be read"),
        ("A {b", "what follows A cannot be read"),
        ("A {b} = c", "what follows A cannot be read"),
        ('A = "b', "what follows A cannot be read"),
        (r'A = "\x"', "A: what is in quotes must be a JSON string"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_remedy(line: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        parse_parameters(["GOOD", line])


def test_no_refusal_repeats_what_may_be_secret() -> None:
    with pytest.raises(ValueError, match="TOKEN") as refused:
        parse_parameters(["TOKEN: secret = hunter2 {"])
    assert "hunter2" not in str(refused.value)


TOKEN = Parameter(name="TOKEN", type=ParameterType.SECRET, default="hunter2")
PASSWORD = Parameter(name="PASSWORD", default="hunter3")
PLAIN = Parameter(name="MODE", default="fast")
ADDRESS = Parameter(name="URL", default="ftp://ada:hunter4@db")


def test_the_defaults_of_secrets_are_hidden_and_given_back() -> None:
    stored = (TOKEN, PASSWORD, PLAIN, ADDRESS)
    hidden = masked_parameters(stored)
    assert [each.default for each in hidden] == [MASK, MASK, "fast", f"ftp://ada:{MASK}@db"]
    assert unmasked_parameters(hidden, stored[::-1]) == stored


def test_a_mask_that_hides_nothing_stays_one_to_be_refused() -> None:
    (kept,) = unmasked_parameters(masked_parameters([TOKEN]), [])
    assert kept.default == MASK


@pytest.mark.parametrize("parameter", [TOKEN, PASSWORD])
def test_where_a_secret_stands_in_its_line(parameter: Parameter) -> None:
    line = show_parameter(parameter) + " # of the shop"
    name, start, end = secret_default(line) or ("", 0, 0)
    assert (name, line[start:end]) == (parameter.name, parameter.default)


@pytest.mark.parametrize("line", ["MODE = fast", "TOKEN: secret", "", "= x", "TOKEN # key = x"])
def test_lines_without_a_secret_have_nothing_to_hide(line: str) -> None:
    assert secret_default(line) is None


def test_where_a_password_stands_in_an_address() -> None:
    line = show_parameter(ADDRESS)
    name, start, end = secret_default(line) or ("", 0, 0)
    assert (name, line[start:end]) == ("URL", "hunter4")
