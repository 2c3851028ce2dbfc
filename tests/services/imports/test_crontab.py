"""Reading a crontab."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.services.imports.crontabs import cron_of, notes_on, process_of, reading, reason_for
from tui_scheduler.services.imports import Reading


class TestVariables:
    def test_a_command_has_what_cron_gives_it_when_nothing_is_said(self) -> None:
        assert process_of("0 5 * * * true\n").environment == {
            "SHELL": "/bin/sh",
            "PATH": "/usr/bin:/bin",
        }

    @pytest.mark.parametrize(
        ("line", "value"),
        [
            ("A=b", "b"),
            ("A = b c  ", "b c"),
            ("  A=b", "b"),
            ("A='b '", "b "),
            ('A=" b"', " b"),
            ('A="it\'s"', "it's"),
            ("A=it's", "it's"),
            ("'A' = b", "b"),
            ("A=", ""),
            ('A=""', ""),
            ("A=b=c", "b=c"),
            ("A=$HOME/bin", "$HOME/bin"),
            ("A=b # no comment", "b # no comment"),
        ],
    )
    def test_a_value_is_read_as_cron_reads_it(self, line: str, value: str) -> None:
        assert process_of(f"{line}\n0 5 * * * true\n").environment["A"] == value

    def test_they_hold_for_the_lines_below(self) -> None:
        found = reading("0 1 * * * a\nA=1\n0 2 * * * b\nA=2\n0 3 * * * c\n")
        values = [one.process.environment.get("A") for one in found.proposals]
        assert values == [None, "1", "2"]

    def test_tz_is_only_environment(self) -> None:
        [proposal] = reading("TZ=Asia/Tokyo\n0 5 * * * date\n").proposals
        assert proposal.request.plan.timezone == "America/New_York"
        assert proposal.process.environment["TZ"] == "Asia/Tokyo"

    @pytest.mark.parametrize("value", ["Asia/Tokyo", ":Asia/Tokyo", '"Asia/Tokyo"'])
    def test_cron_tz_is_the_zone_of_the_plan(self, value: str) -> None:
        [proposal] = reading(f"CRON_TZ={value}\n0 5 * * * date\n").proposals
        assert proposal.request.plan.timezone == "Asia/Tokyo"

    def test_home_is_where_it_runs(self) -> None:
        process = process_of("HOME=/srv\n0 5 * * * true\n")
        assert process.working_directory == "/srv"
        assert process.environment["HOME"] == "/srv"

    def test_a_home_that_cron_would_not_find_is_refused(self) -> None:
        reason = reason_for("HOME=~/bin\n0 5 * * * true\n")
        assert reason == "HOME is '~/bin', which is no folder for cron: write it absolute"

    def test_the_name_of_the_user_cannot_be_changed(self) -> None:
        assert "LOGNAME" not in process_of("LOGNAME=bob\n0 5 * * * true\n").environment
        assert notes_on("LOGNAME=bob\n") == [
            "LOGNAME: cron does not let it be changed, so it is passed over"
        ]

    def test_a_delay_that_is_not_kept_is_told(self) -> None:
        assert notes_on("RANDOM_DELAY=30\n") == [
            "RANDOM_DELAY: nothing is delayed: runs start on time"
        ]
        assert notes_on('RANDOM_DELAY=0\nMAILTO=""\n') == []

    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            ("A-B=secret", "'A-B' cannot be a variable's name"),
            ("A='secret", "the quote of A is never closed: close it"),
            ("TUI_SCHEDULER_X=secret", "TUI_SCHEDULER_X is set by tui-scheduler itself"),
        ],
    )
    def test_a_wrong_one_is_refused_without_its_value(self, line: str, reason: str) -> None:
        found = reading(f"{line}\n0 5 * * * true\n")
        [refusal] = found.refusals
        assert refusal.reason.startswith(reason)
        assert "secret" not in refusal.text + refusal.reason
        assert len(found.proposals) == 1


class TestTimes:
    @pytest.mark.parametrize(
        ("line", "expression"),
        [
            ("0 5 * * * x", "0 5 * * *"),
            ("0\t5  *\t*  *\tx", "0 5 * * *"),
            ("@daily x", "@daily"),
            ("-0 5 * * * x", "0 5 * * *"),
            ("-@daily x", "@daily"),
            ("-*/5 * * * * x", "*/5 * * * *"),
            ("0 */24 * * * x", "0 */24 * * *"),
            ("5~5 0 * * * x", "5 0 * * *"),
        ],
    )
    def test_they_are_ours_in_nearly_the_same_words(self, line: str, expression: str) -> None:
        assert cron_of(line + "\n") == expression

    def test_a_step_larger_than_its_field_is_told(self) -> None:
        [note] = reading(b"*/90 * * * * x\n").notes
        assert note.text == "*/90 runs only at minute 0; for every 90 minutes use an interval"

    def test_a_random_time_is_the_same_whenever_it_is_read(self) -> None:
        assert cron_of("~ ~ * * * x\n") == cron_of("~ ~ * * * x\n")
        minutes = {cron_of(f"~ 5 * * * x{number}\n") for number in range(20)}
        assert len(minutes) > 5

    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            ("@reboot x", "nothing is run here because the machine starts: let a service run it"),
            ("@sometimes x", "@sometimes is not known; use one of @hourly"),
            ("0 25 * * * x", "hour: 25 is out of range"),
            ("0~70 5 * * * x", "minute: 0~70 is out of order: use values of 0-59"),
            ("30~10 5 * * * x", "minute: 30~10 is out of order"),
            ("0~30/5 5 * * * x", "minute: '0~30/5' is not understood"),
            ("0 0 31 4 * x", "day of month: day 31 never comes in April"),
            ("0 5 * * *", "it is neither NAME=VALUE nor five fields and a command"),
            ("0 5 * * *   ", "it is neither NAME=VALUE nor five fields and a command"),
            ("@daily", "it is neither NAME=VALUE nor five fields and a command"),
        ],
    )
    def test_what_we_cannot_keep_is_refused_with_the_reason(self, line: str, reason: str) -> None:
        assert reason_for(line + "\n").startswith(reason)


class TestComments:
    def test_those_directly_above_describe_the_process(self) -> None:
        text = "# of another\n\n# Copies\n#\n## everything.\n0 5 * * * x\n0 6 * * * y\n"
        described = [one.process.description for one in reading(text).proposals]
        assert described == ["Copies everything.", ""]

    def test_a_variable_between_parts_them(self) -> None:
        assert process_of("# Where tools are\nA=b\n0 5 * * * x\n").description == ""

    def test_those_about_the_columns_say_nothing_about_a_command(self) -> None:
        text = "# For example:\n# m h  dom mon dow   command\n# Copies.\n0 5 * * * x\n"
        assert process_of(text).description == "Copies."

    def test_bytes_that_are_not_text_do_no_harm(self) -> None:
        [proposal] = reading(b"# caf\xe9\0\n0 5 * * * x\n").proposals
        assert proposal.process.description.startswith("caf\N{REPLACEMENT CHARACTER}")


class TestSystemCrontabs:
    def test_a_line_of_ours_is_made(self) -> None:
        assert process_of("0 5 * * * anna backup.sh -q\n", has_users=True).command == "backup.sh -q"
        assert process_of("@daily\tanna backup.sh\n", has_users=True).command == "backup.sh"

    def test_a_line_of_another_user_is_refused_with_the_remedy(self) -> None:
        assert reason_for("0 5 * * * root backup.sh\n", has_users=True) == (
            "it runs as root, and you are anna: import it as that user, into a database of theirs"
        )

    def test_a_line_without_a_command_is_refused(self) -> None:
        reason = reason_for("0 5 * * * root\n", has_users=True)
        assert "five fields, a user and a command" in reason


class TestHostileFiles:
    def test_a_line_of_a_megabyte_is_refused_and_the_others_go_on(self) -> None:
        found = reading(b"0 5 * * * echo " + b"x" * 1_000_000 + b"\n0 6 * * * true\n")
        [refusal] = found.refusals
        assert refusal.reason.startswith("the line has 1,000,015 bytes, more than 100,000")
        assert len(refusal.text) <= 60
        assert len(found.proposals) == 1

    def test_an_empty_file_holds_nothing(self) -> None:
        assert reading("") == Reading()

    def test_the_end_of_a_line_may_have_a_carriage_return(self) -> None:
        found = reading("A=b\r\n\r\n# c\r\n0 5 * * * true\r\n")
        [proposal] = found.proposals
        assert proposal.process.command == "true"
        assert proposal.process.environment["A"] == "b"
        assert found.refusals == ()

    @given(st.binary(max_size=300))
    def test_any_bytes_are_read_to_their_end(self, data: bytes) -> None:
        found = reading(data)
        places = [one.place for one in found.proposals] + [one.place for one in found.refusals]
        assert len(places) == len(set(places)) <= data.count(b"\n") + 1

    @given(st.text("*0159 ,-/~@#=%\\\"'aAMT\t\n", max_size=200))
    def test_any_words_are_read_to_their_end(self, text: str) -> None:
        reading(text, has_users=True)
        reading(text)
