"""What can be declared, what fits a declaration, and what a run is given in the end."""

from datetime import date

import pytest

from tests.services.parameters.samples import declared
from tui_scheduler.services.parameters.lines import masked_parameters, show_parameters
from tui_scheduler.services.parameters.parameters import (
    ParameterType,
    declaration_problems,
    filled,
    merged,
    missing,
    secret_names,
    types_of,
    value_problems,
)
from tui_scheduler.services.parameters.secrets import MASK

SUNDAY = date(2026, 3, 29)


def refusals(line: str, **values: str) -> list[str]:
    """Why ``values`` do not fit what ``line`` declares."""
    return [problem.text for problem in value_problems(declared(line), values)]


class TestDeclaring:
    @pytest.mark.parametrize(
        "line",
        [
            "A",
            "A!",
            "A!: text = x",
            "A: number = -2.5e3 {-2.5e3|7}",
            "A: date = tomorrow {yesterday|tomorrow|2026-03-29}",
            "TOKEN: secret = hunter2 # of the shop",
        ],
    )
    def test_what_makes_sense_is_accepted(self, line: str) -> None:
        assert declaration_problems(declared(line)) == []

    @pytest.mark.parametrize(
        ("lines", "text"),
        [
            (["A", "B", "A: number"], "A is declared twice: keep one of them"),
            (["A-B"], "'A-B' cannot be a variable's name"),
            (["TUI_SCHEDULER_LOG"], "is set by tui-scheduler itself: choose another name"),
            (["A: number = many"], "A: its default must be a number such as 7 or 2.5"),
            (["A: date = soon"], "A: its default must be a date such as 2026-03-29, or yesterday"),
            (["A: text = c {a|b}"], "A: its default must be one of a, b"),
            (["A: number {1|two}"], "A: the choice 'two' is no number"),
            (['A! = ""'], "A: its default is empty: the process requires a value"),
            (['A = "x\\u0000"'], "the value of A holds a NUL character: remove it"),
            (['A # "x\\u0000"'], "holds a NUL character: remove it"),
            (['A {"x\\ud800"|y}'], "is not valid UTF-8: retype it"),
            ([f"A = {'x' * 100_001}"], "the value of A is longer than 100000 bytes"),
            (
                ["PIN: secret {1|2}"],
                "PIN is secret, and its choices would be shown: leave them out",
            ),
            (["API_KEY {a|b}"], "API_KEY is secret, and its choices would be shown"),
            ([f"PIN: secret = {MASK}"], "the value of PIN holds dots that hide nothing"),
        ],
    )
    def test_what_makes_none_is_refused_with_the_remedy(self, lines: list[str], text: str) -> None:
        [problem] = declaration_problems(declared(*lines))
        assert problem.field == "parameters"
        assert text in problem.text


class TestFitting:
    @pytest.mark.parametrize(
        ("line", "value"),
        [
            ("A", "any $(text) \n"),
            ("A", ""),
            *[("A: number", text) for text in ("7", "-0", "+2.5", ".5", "5.", "1e5", "0007")],
            *[("A: date", text) for text in ("2024-02-29", "yesterday", "today", "tomorrow")],
            ("A {a|b}", "b"),
            ("A: secret", "a•b"),
        ],
    )
    def test_what_fits(self, line: str, value: str) -> None:
        assert refusals(line, A=value) == []

    @pytest.mark.parametrize(
        "value",
        ["", "x", "1_000", " 7", "7\n", "0x7", "inf", "nan", "\u0667", "1e999", "1,5"],
    )
    def test_a_number_is_one_for_every_shell(self, value: str) -> None:
        assert refusals("A: number", A=value) == ["A must be a number such as 7 or 2.5"]

    @pytest.mark.parametrize(
        "value", ["", "x", "20260329", "2026-W13-7", "2026-02-30", "Today", "2026-3-9"]
    )
    def test_a_date_is_written_in_one_way_only(self, value: str) -> None:
        [text] = refusals("A: date", A=value)
        assert text == "A must be a date such as 2026-03-29, or yesterday, today or tomorrow"

    def test_a_choice_is_one_of_those_there_are(self) -> None:
        assert refusals("A {a|b}", A="c") == ["A must be one of a, b"]

    def test_those_of_a_secret_that_a_version_before_declared_are_not_shown(self) -> None:
        line = "PIN: secret = 1 {1|2}"
        assert refusals(line, PIN="1") == []
        assert refusals(line, PIN="3") == ["PIN is none of its choices, which are not shown"]
        assert show_parameters(masked_parameters(declared(line))) == f"PIN: secret = {MASK}"
        [together] = merged([declared("PIN {1|2}"), declared("PIN: secret")])
        assert (together.is_secret, together.choices) == (True, ())

    def test_what_is_required_must_be_given_unless_there_is_a_default(self) -> None:
        assert refusals("A!") == ["A is missing: the process requires it"]
        assert refusals("A! = x") == refusals("A") == []

    @pytest.mark.parametrize("line", ["A!", "A! = x"])
    def test_nothing_is_no_value_for_what_is_required(self, line: str) -> None:
        assert refusals(line, A="") == ["A is empty: the process requires a value"]

    @pytest.mark.parametrize("value", [MASK, f"{MASK}x", "••"])
    def test_a_mask_is_no_secret(self, value: str) -> None:
        text = "PIN holds dots that hide nothing: type the value itself"
        assert refusals("PIN: secret", PIN=value) == [text]

    def test_what_nobody_declared_fits(self) -> None:
        assert refusals("A: number", B="x") == []


class TestFilling:
    @pytest.mark.parametrize(
        ("word", "day"),
        [
            ("yesterday", "2026-03-28"),
            ("today", "2026-03-29"),
            ("tomorrow", "2026-03-30"),
            ("2024-02-29", "2024-02-29"),
        ],
    )
    def test_words_of_dates_become_dates(self, word: str, day: str) -> None:
        assert filled(declared("DAY: date"), {"DAY": word}, SUNDAY) == {"DAY": day}
        assert filled(declared(f"DAY: date = {word}"), {}, SUNDAY) == {"DAY": day}

    def test_in_a_text_they_are_words(self) -> None:
        assert filled(declared("DAY"), {"DAY": "today", "B": "today"}, SUNDAY) == {
            "DAY": "today",
            "B": "today",
        }

    def test_what_is_given_counts_before_the_default(self) -> None:
        lines = declared("A = 1", 'B = ""', "C", "D = 4")
        assert filled(lines, {"A": "9", "D": "", "E": "5"}, SUNDAY) == {
            "A": "9",
            "B": "",
            "D": "",
            "E": "5",
        }

    def test_what_is_lacking_after_all_is_named(self) -> None:
        lines = declared("A!", "B! = x", "C")
        assert missing(lines, {"B": ""}) == ["A", "B"]
        assert missing(lines, {"A": "1", "B": "2"}) == []

    def test_what_nobody_declared_is_text(self) -> None:
        types = types_of(declared("A: number", "B: date"), ["A", "C"])
        assert types == {"A": ParameterType.NUMBER, "C": ParameterType.TEXT}


class TestSecrets:
    def test_they_are_declared_or_are_called_like_one(self) -> None:
        lines = declared("PIN: secret", "API_KEY: text", "HOST: text")
        assert secret_names(lines) == {"PIN", "API_KEY"}


class TestGroups:
    def test_of_the_same_name_the_first_counts(self) -> None:
        parameters = merged([declared("A: number = 1", "B"), declared("A: date", "C")])
        assert parameters == declared("A: number = 1", "B", "C")

    @pytest.mark.parametrize(
        ("lines", "together"),
        [
            (("A", "A: number"), "A: number"),
            (("A: date", "A"), "A: date"),
            (("A = 1", "A = x {x|y}"), "A = x {x|y}"),
            (("A {x|y|z}", "A {y|z|q}"), "A {y|z}"),
            (("A {x}", "A {y}"), "A {x}"),
            (("A = 1", "A! = 2"), "A! = 1"),
            (("A = x", "A: number"), "A: number"),
        ],
    )
    def test_what_fits_one_of_them_alone_fits_the_group_not(
        self, lines: tuple[str, str], together: str
    ) -> None:
        assert merged(declared(line) for line in lines) == declared(together)

    def test_it_is_secret_for_all_if_it_is_so_for_one(self) -> None:
        assert merged([declared("PIN = 1"), declared("PIN: secret")]) == declared("PIN: secret = 1")

    def test_what_one_demands_must_be_given_whatever_the_default_of_another(self) -> None:
        parameters = merged([declared("A: number = 1"), declared("A!: number")])
        assert [problem.text for problem in value_problems(parameters, {})] == [
            "A is missing: the process requires it"
        ]
        assert merged([declared("A! = 1"), declared("A! = 2")]) == declared("A! = 1")
