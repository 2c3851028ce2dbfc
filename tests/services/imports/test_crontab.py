"""Reading a crontab."""

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.services.imports.crontabs import (
    NOW,
    cron_of,
    notes_on,
    process_of,
    reading,
    reason_for,
)
from tui_scheduler.models import Overlap
from tui_scheduler.schedules import fires, summary
from tui_scheduler.services.imports import Machine, ParsedJobs


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
        jobs = reading("0 1 * * * a\nA=1\n0 2 * * * b\nA=2\n0 3 * * * c\n")
        values = [one.process.environment.get("A") for one in jobs.proposals]
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

    def test_the_delay_of_cronie_is_a_spread_of_what_comes_below(self) -> None:
        text = "0 4 * * * true\nRANDOM_DELAY=45\n0 5 * * * true\n*/10 * * * * true\n@reboot true\n"
        jobs = reading(text)
        assert [each.request.plan.spread for each in jobs.proposals] == [
            None,
            timedelta(minutes=45),
            timedelta(minutes=10),
            None,
        ]
        notes = [note.text for note in jobs.notes]
        assert notes[0] == (
            "RANDOM_DELAY: runs come up to 45 min later, as with cronie: how much is drawn once for"
            " each line, and kept"
        )
        assert "runs are 10 min apart, and come no more than that later" in notes

    def test_a_delay_that_is_none(self) -> None:
        assert notes_on('RANDOM_DELAY=0\nMAILTO=""\n') == []
        assert notes_on("RANDOM_DELAY=soon\n") == [
            "RANDOM_DELAY: 'soon' is no number of minutes, so nothing is delayed"
        ]
        [proposal] = reading("RANDOM_DELAY=soon\n0 5 * * * true\n").proposals
        assert proposal.request.plan.spread is None

    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            ("A-B=secret", "'A-B' cannot be a variable's name"),
            ("A='secret", "the quote of A is never closed: close it"),
            ("TUI_SCHEDULER_X=secret", "TUI_SCHEDULER_X is set by tui-scheduler itself"),
        ],
    )
    def test_a_wrong_one_is_refused_without_its_value(self, line: str, reason: str) -> None:
        jobs = reading(f"{line}\n0 5 * * * true\n")
        [refusal] = jobs.refusals
        assert refusal.reason.startswith(reason)
        assert "secret" not in refusal.text + refusal.reason
        assert len(jobs.proposals) == 1


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

    def test_a_star_in_the_weekday_counts_as_one_also_where_it_steps_over_the_end(self) -> None:
        [proposal] = reading("0 12 1-7 * */8 x\n").proposals
        moments = fires(proposal.request.plan, NOW, 3)
        assert [f"{fire:%a %d %b}" for fire in moments] == [
            "Sun 06 Dec", "Sun 03 Jan", "Sun 07 Feb"
        ]  # fmt: skip

    def test_a_random_day_is_one_that_all_months_have(self) -> None:
        for number in range(30):
            day = (cron_of(f"0 0 ~ * * x{number}\n") or "").split()[2]
            assert 1 <= int(day) <= 28

    @pytest.mark.parametrize(
        ("line", "reason"),
        [
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


def test_reboot_is_a_boot_which_is_made_up_for_however_late() -> None:
    [proposal] = reading("@reboot sshfs host: /mnt\n").proposals
    assert summary(proposal.request.plan) == "At boot"
    assert proposal.request.misfire_limit is None


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

    @pytest.mark.parametrize(
        "comment",
        [
            "25 12 * * *\t/usr/bin/find /tmp/trash -mtime +7 -exec /bin/rm -fr {} \\;",
            "30 04 * * * /usr/local/bin/backup OLD",
            "@daily /usr/local/bin/backup",
            "MAILTO=root",
            "MIN HOUR      DAY MON DOW COMMAND",
            "m h  dom mon dow user  command",
            "minute hour mday month wday command",
            "mins hrs day month weekday",
            "| min | hour | day |",
            "*  *  *  *  * user-name command to be executed",
            "* * * * *",
            ".---------------- minute (0 - 59)",
            "|  |  |  .------- month (1 - 12) OR jan,feb,mar,apr ...",
            "┌───────────── minute (0 - 59)",
            "|  |  |  |  |",
            "-----------------",
        ],
    )
    def test_what_is_no_description_and_what_stands_above_it_is_none(self, comment: str) -> None:
        text = f"# Of another one.\n#{comment}\n# {comment}\n0 5 * * * x\n"
        described = process_of(text).description
        assert described in {"", "Of another one."}
        assert described == "" or not re.search(r"\w", comment)

    @pytest.mark.parametrize(
        "comment",
        [
            "Every minute of the hour", "* copies home", "2 times a day", "Backup of /home at 5",
            "Minute by minute", "M. asked for it", "3 days are kept",
        ],
    )  # fmt: skip
    def test_a_sentence_is_one(self, comment: str) -> None:
        assert process_of(f"# {comment}\n0 5 * * * x\n").description == comment


class TestGuards:
    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            ("0 5 * * *  * echo typo", "six fields: cron has five; leave * out; with seconds"),
            ("0 0 12 1 1 ? 2027 x", "seven fields: cron has five; leave ? 2027 out; with seconds"),
            (
                "0 0 9 * * 1-5 x",
                "six fields: cron has five; leave 1-5 out; with seconds first it is",
            ),
            ("0 0 9 * * mon-fri x", "six fields: cron has five; leave mon-fri out; with seconds"),
            ("0 5 * * * *", "six fields: cron has five; leave * out; with seconds first it is"),
            ("0 0 12 1 1 1 x", "six fields: cron has five; leave 1 out"),
            ("0 0 12 * * ? * * x", "8 fields: cron has five; leave ? * * out"),
            ("0 5 * * * *x", "six fields: cron has five; leave *x out"),
            ("@daily * echo x", "* stands where the command begins, a typo for cron: remove it"),
        ],
    )
    def test_more_fields_than_cron_has_are_refused(self, line: str, reason: str) -> None:
        assert reason_for(line + "\n").startswith(reason)

    def test_what_they_are_as_a_plan_with_seconds_is_told(self) -> None:
        assert reason_for("*/10 * * * * * /opt/x\n") == (
            "six fields: cron has five; leave * out; with seconds first it is 'Every 10 seconds':"
            " tui-scheduler request add --process NAME --when '*/10 * * * * *'"
        )

    @pytest.mark.parametrize("command", ["7z a x", "2to3 x", "sat x", "mon", "[ -x /a ] && /a"])
    def test_commands_that_are_none_are_taken(self, command: str) -> None:
        assert process_of(f"0 5 * * * {command}\n").command == command

    @pytest.mark.parametrize(
        ("line", "command", "note"),
        [
            ("0 5 * * * -n x -n", "x -n", "the option -n, mail only when it fails, is dropped"),
            ("0 5 * * * -q x", "x", "the option -q, which keeps it out of the system's log"),
            ("0 5 * * * - x", "x", "the - before it, which keeps it out of the system's log"),
            ("@daily -n x", "x", "the option -n, mail only when it fails, is dropped"),
            ("0 5 * * * -s x", "x", "the option -s: a run that would overlap is skipped"),
        ],
    )
    def test_options_before_a_command_are_none_of_its_words(
        self, line: str, command: str, note: str
    ) -> None:
        assert process_of(line + "\n").command == command
        [text] = notes_on(line + "\n")
        assert text.startswith(note)

    def test_several_options_may_stand_together(self) -> None:
        process = process_of("0 5 * * * -nq -s x\n")
        assert (process.command, process.overlap) == ("x", Overlap.SKIP)

    @pytest.mark.parametrize("command", ["-x", "-x y", "--help", "-n"])
    def test_what_is_no_option_is_refused(self, command: str) -> None:
        reason = reason_for(f"0 5 * * * {command}\n")
        assert reason.startswith(f"{command.split()[0]} before the command is no option of cron")

    @pytest.mark.parametrize(
        ("command", "before"),
        [
            ("~/pack.sh -f `date +%m-%d`.txt", "~/pack.sh -f `date +"),
            (
                "curl 'https://ads.example/list?day%5Ba%5D=&x=1'",
                "curl 'https://ads.example/list?day",
            ),
            ("cat%", "cat"),
        ],
    )
    def test_a_percent_sign_that_ends_a_command_is_told(self, command: str, before: str) -> None:
        [text] = notes_on(f"0 5 * * * {command}\n")
        assert text == (
            f"cron ends the command at its first %, after {before!r}, and gives it the rest to"
            r" read; write \% for the character itself"
        )

    def test_an_escaped_one_is_not(self) -> None:
        assert notes_on(r"0 5 * * * date +\%F" + "\n") == []


def _is_user(name: str) -> bool:
    return name in {"root", "anna", "mail", "backup"}


def _is_program(name: str, path: str) -> bool:
    return name in {"cd", "python3", "echo"} or (name == "backup" and path == "/opt")


class TestSystemCrontabs:
    machine = Machine(_is_user, _is_program)

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

    @pytest.mark.parametrize("command", ["cd / && x", "/opt/a.py", "test -x /a", "backup.sh"])
    def test_one_that_is_not_said_to_be_one_is_asked_about(self, command: str) -> None:
        jobs = reading(
            f"0 5 * * *\troot\t{command}\n0 6 * * * ubuntu /usr/bin/python3 /a.py\n"
            "0 7 * * * echo fine\n0 8 * * * my-tool --all\n",
            machine=self.machine,
        )
        assert [refusal.reason.partition(",")[0] for refusal in jobs.refusals] == [
            "root is a user here and no program", "ubuntu is no program here"
        ]  # fmt: skip
        assert jobs.refusals[0].reason.endswith(
            "so this looks like a system crontab: give --system, or write the whole path of the"
            " program"
        )
        assert [proposal.place for proposal in jobs.proposals] == [3, 4]

    @pytest.mark.parametrize(
        "line",
        ["0 5 * * * ubuntu /usr/bin/python3 /a.py", "0 5 * * * mail -s done ops", "0 5 * * * root",
         "PATH=/opt\n0 5 * * * backup daily"],
    )  # fmt: skip
    def test_what_may_be_a_command_is_one(self, line: str) -> None:
        assert len(reading(line + "\n", machine=self.machine).proposals) == 1

    def test_one_that_names_no_users_is_told(self) -> None:
        reason = reason_for("0 5 * * * python3 /a.py\n", has_users=True, machine=self.machine)
        assert reason == "python3 is a program and no user: leave --system out"


class TestHostileFiles:
    def test_a_line_of_a_megabyte_is_refused_and_the_others_go_on(self) -> None:
        jobs = reading(b"0 5 * * * echo " + b"x" * 1_000_000 + b"\n0 6 * * * true\n")
        [refusal] = jobs.refusals
        assert refusal.reason.startswith("the line has 1,000,015 bytes, more than 100,000")
        assert len(refusal.text) <= 60
        assert len(jobs.proposals) == 1

    @pytest.mark.parametrize("piece", ["-", "* ", "m", "(", "0 ", "| minute "])
    def test_a_comment_of_a_megabyte_holds_nothing_up(self, piece: str) -> None:
        jobs = reading("# " + piece * (1_000_000 // len(piece)) + "\n0 6 * * * true\n")
        assert len(jobs.proposals) == 1

    def test_an_empty_file_holds_nothing(self) -> None:
        assert reading("") == ParsedJobs()

    def test_a_byte_order_mark_is_passed_over_and_told(self) -> None:
        jobs = reading(b"\xef\xbb\xbf0 5 * * * true\n")
        assert jobs.proposals[0].process.command == "true"
        assert [note.text for note in jobs.notes] == [
            "the file begins with a byte order mark: cron would not read its first line"
        ]

    def test_the_end_of_a_line_may_have_a_carriage_return(self) -> None:
        jobs = reading("A=b\r\n\r\n# c\r\n0 5 * * * true\r\n")
        [proposal] = jobs.proposals
        assert proposal.process.command == "true"
        assert proposal.process.environment["A"] == "b"
        assert jobs.refusals == ()

    @given(st.binary(max_size=300))
    def test_any_bytes_are_read_to_their_end(self, data: bytes) -> None:
        jobs = reading(data)
        places = [one.place for one in jobs.proposals] + [one.place for one in jobs.refusals]
        assert len(places) == len(set(places)) <= data.count(b"\n") + 1

    @given(st.text("*0159 ,-/~@#=%\\\"'aAMT\t\n", max_size=200))
    def test_any_words_are_read_to_their_end(self, text: str) -> None:
        reading(text, has_users=True)
        reading(text)
