"""Reading the services that timers start: what runs, and what it finds."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.services.imports.units import (
    RUNS,
    TIMER,
    notes_with,
    of_pair,
    one,
    printed,
    process_with,
    reason_with,
)

_VARIABLES = "Environment='A=one two' 'B=$B' 'C=' \"D=x 'y z' \\\\\\\\w\" 'G=/*  *'"


class TestCommands:
    @pytest.mark.parametrize(
        ("value", "output"),
        [
            ("a  'b  c' \"d\" > e; f", "a|b  c|d|>|e;|f|"),
            ("${A}x $A $B", "one twox|one|two|$B|"),
            ("$$A $${A} $$$$ x$A $A/b $", "$A|${A}|$$|x$A|"),
            ("${C} $C ${no} $no x", "|" * 2 + "x|"),
            ("$D ${D}", r"x|y z|\w|x 'y z' \\w|"),
            ("$G ${G}", "/*|*|/*  *|"),
            ("${A:-b} '${A b}' ${unclosed", "${A:-b}||${unclosed|"),
            ("a\\x20b c\\sd e\\\\f \\101 \\u00e9", "a b|c d|e\\f|A|é|"),
            ('"c\\td" \'e\\\'f\' "g\\"h" \'i\\"j\'', 'c\td|e\'f|g"h|i"j|'),
            ("\\; ';' \"\\;\" a\\;b", ";|;|\\;|a\\;b|"),
            ("\\q \\x0 \\400", "\\q|\\x0|\\400|"),
            ("100%% %) * '' ''x", "100%|%)|*||x|"),
            ("# a=b ~ {a,b}", "#|a=b|~|{a,b}|"),
        ],
    )
    def test_words_are_those_that_systemd_would_give(self, value: str, output: str) -> None:
        process = process_with(_VARIABLES, f"ExecStart=/usr/bin/printf %%s| {value}")
        assert printed(process) == (output, 0)

    @pytest.mark.parametrize(
        ("lines", "output"),
        [
            (["ExecStart=/bin/echo a", "ExecStart=/bin/echo b"], ("a\nb\n", 0)),
            (["ExecStart=/bin/echo a ; /bin/echo b"], ("a\nb\n", 0)),
            (["ExecStart=/bin/false", "ExecStart=/bin/echo never"], ("", 1)),
            (["ExecStart=-/bin/false", "ExecStart=/bin/echo b"], ("b\n", 0)),
            ([r"ExecStart=:/bin/echo ${A} $A $$"], ("${A} $A $$\n", 0)),
            ([r"ExecStart=echo a\\nb"], ("a\\nb\n", 0)),
            (["ExecStart=@/bin/echo echo a"], ("a\n", 0)),
            (["ExecStartPre=/bin/echo before", "ExecStart=/bin/echo a"], ("before\na\n", 0)),
            (["ExecStartPre=/bin/false", "ExecStart=/bin/echo never"], ("", 1)),
            (["ExecStart=/bin/echo a", "ExecStartPost=/bin/echo after"], ("a\nafter\n", 0)),
            (["ExecStart=/bin/false", "ExecStartPost=/bin/echo never"], ("", 1)),
            (["ExecStart=/bin/echo a", "ExecStartPost=-/bin/false"], ("a\n", 0)),
            (["ExecCondition=/bin/true", "ExecStart=/bin/echo a"], ("a\n", 0)),
            (["ExecCondition=/bin/false", "ExecStart=/bin/echo never"], ("", 0)),
            (["ExecCondition=/bin/sh -c 'exit 255'", "ExecStart=/bin/echo never"], ("", 1)),
            (["ExecStart=/bin/sh -c 'for f in 1 2; do echo \"item $${f}\"; done'"],
             ("item 1\nitem 2\n", 0)),
        ],
    )  # fmt: skip
    def test_they_run_one_after_the_other(self, lines: list[str], output: tuple[str, int]) -> None:
        assert printed(process_with("Environment=A=x", *lines)) == output

    def test_a_command_beside_which_another_one_would_run_is_told(self) -> None:
        service = "[Service]\nExecStart=/opt/x\nExecStartPost=/bin/true\n"
        [note] = of_pair(service=service).notes
        assert note.text == "ExecStartPost= runs when ExecStart= has ended, not beside it"

    @pytest.mark.parametrize(
        ("value", "reason"),
        [
            ("@/bin/a b", "the command '@/bin/a b' cannot be kept: write it as a plain command"),
            ("|/bin/a", "the command '|/bin/a' cannot be kept"),
            ("+/bin/a", "+ gives it privileges, which nothing here does"),
            ("/bin/a 'b", '"/bin/a \'b" has a quote that is not closed: close it'),
            ("/bin/a %b", "%b is not known here: write what it stands for"),
            ("${HOME}/a", "'${HOME}/a' is no program for systemd"),
            ("./a", "'./a' is no program for systemd"),
            ("/bin/", "'/bin/' is no program for systemd"),
            ("/opt/it\\'s", '"/opt/it\'s" is no program for systemd'),
        ],
    )
    def test_what_systemd_would_not_run_or_we_cannot_is_refused(
        self, value: str, reason: str
    ) -> None:
        assert reason_with(f"ExecStart={value}").startswith(reason)

    def test_a_service_that_systemd_would_not_load_is_refused(self) -> None:
        jobs = of_pair(service="[Service]\nExecStart=/bin/a\nExecStart=/bin/b\n")
        assert jobs.refusals[0].reason.startswith("backup.service has several ExecStart=")
        assert reason_with("ExecStart=").startswith("backup.service has no ExecStart=")

    def test_bytes_that_are_not_text_are_kept_as_such(self) -> None:
        assert process_with("ExecStart=/bin/a \\xe9").command == "/bin/a '\udce9'"
        assert process_with("ExecStart=/bin/a \\xc3\\xa9").command == "/bin/a 'é'"


class TestEnvironment:
    def test_variables_are_read_with_quotes_and_escapes(self) -> None:
        process = process_with(
            'Environment="GREETING=two\\x20words" A=b \'C=d e\'', "Environment=F=100%%",
            "Environment=A=later", "Environment=noise", "ExecStart=/bin/true",
        )  # fmt: skip
        assert process.environment == {
            "GREETING": "two words", "A": "later", "C": "d e", "F": "100%"
        }  # fmt: skip

    def test_an_escape_that_systemd_does_not_take_there_is_refused(self) -> None:
        reason = reason_with(r"Environment=A=a\qb", "ExecStart=/bin/true")
        assert reason == r"'A=a\\qb': systemd does not know \q: write \\q"

    def test_a_file_that_a_shell_reads_alike_is_read_at_each_run(self, tmp_path: Path) -> None:
        file = tmp_path / "my env"
        file.write_text("# comment\n\nA=a\nB='two words'\nC=\"$\"\n".replace("$", "x"))
        process = process_with(
            f"EnvironmentFile={file}", "Environment=A=before", "ExecStart=/bin/echo ${A} $B ${C}",
            read_file=lambda path: Path(path).read_text(),
        )  # fmt: skip
        assert printed(process) == ("a two words x\n", 0)
        file.write_text("A=changed\n")
        assert printed(process) == ("changed \n", 0)

    def test_one_that_need_not_be_there_may_be_missing(self, tmp_path: Path) -> None:
        missing = tmp_path / "missing"
        lines = (f"EnvironmentFile=-{missing}", "Environment=A=a", "ExecStart=/bin/echo $A")
        assert printed(process_with(*lines)) == ("a\n", 0)

    def test_values_of_any_other_file_are_taken_over_and_that_is_told(self) -> None:
        text = (
            'A=two words  \n; comment\nexport X=1\nB="say \\"hi\\" \\$x \\n"\nC=\'it\'\\\n\n'
            "D=a\\ b\\\nc\nE='one\ntwo'\nF=$HOME `x`\n  G = g\nnothing\nH=\nI='1' \"2\" 3 '4'\n"
        )
        jobs = of_pair(
            service=RUNS + "EnvironmentFile=/etc/env\n", read_file={"/etc/env": text}.get
        )
        [proposal], [note] = jobs.proposals, jobs.notes
        assert proposal.process.environment == {
            "A": "two words", "B": 'say "hi" $x \\n', "C": "it", "D": "a bc", "E": "one\ntwo",
            "F": "$HOME `x`", "G": "g", "H": "", "I": "123 '4'",
        }  # fmt: skip
        assert note.text.startswith("EnvironmentFile=/etc/env is read now: what is changed in it")

    @pytest.mark.parametrize("value", ["env", "/etc/*.env"])
    def test_what_is_no_path_of_a_file_is_refused(self, value: str) -> None:
        reason = reason_with(f"EnvironmentFile={value}", "ExecStart=/bin/true")
        assert reason == f"EnvironmentFile={value}: only the whole path of a file can be read"


class TestConditions:
    @pytest.mark.parametrize(
        ("lines", "runs"),
        [
            (["ConditionPathExists=/"], True),
            (["ConditionPathExists=/none"], False),
            (["ConditionPathExists=!/none"], True),
            (["ConditionPathExists=!/"], False),
            (["ConditionPathIsDirectory=/dev/null"], False),
            (["ConditionPathExistsGlob=/etc/pass*"], True),
            (["ConditionPathExistsGlob=/e[a-t]c/p?sswd"], True),
            (["ConditionPathExistsGlob=/etc/no such*"], False),
            (["ConditionPathExistsGlob=!/etc/pass*"], False),
            (["ConditionPathIsSymbolicLink=!/"], True),
            (["ConditionDirectoryNotEmpty=/dev"], True),
            (["ConditionDirectoryNotEmpty=/none"], False),
            (["ConditionFileNotEmpty=/dev/null"], False),
            (["ConditionFileNotEmpty=/etc/passwd"], True),
            (["ConditionFileNotEmpty=!/etc/passwd"], False),
            (["ConditionFileIsExecutable=/bin/sh"], True),
            (["ConditionFileIsExecutable=/etc/passwd"], False),
            (["ConditionPathExists=/", "ConditionPathExists=/none"], False),
            (["ConditionPathExists=|/", "ConditionPathExists=|/none"], True),
            (["ConditionPathExists=|/none", "ConditionPathIsDirectory=|/none"], False),
            (["ConditionPathExists=|!/none"], True),
            (["ConditionPathExists=%h"], True),
        ],
    )
    def test_those_on_paths_are_a_part_of_the_command(self, lines: list[str], runs: bool) -> None:
        unit = ("ExecStart=/bin/echo ran", "[Unit]", *lines)
        assert printed(process_with(*unit, home="/")) == ("ran\n" if runs else "", 0)

    def test_an_assert_that_does_not_hold_is_a_failure(self) -> None:
        process = process_with("ExecStart=/bin/echo ran", "[Unit]", "AssertPathExists=/none")
        assert printed(process) == ("", 1)

    def test_others_are_told(self) -> None:
        lines = ["[Unit]", "ConditionACPower=true", "ConditionPathExists=/mnt/disk"]
        assert notes_with(*lines) == ["ConditionACPower=true: it runs whether or not that holds"]

    def test_those_of_a_timer_are_told_as_they_are_asked_for_once(self) -> None:
        timer = f"[Unit]\nConditionPathExists=/mnt\n{TIMER}"
        assert notes_with(timer=timer) == [
            "ConditionPathExists=/mnt: it runs whether or not that holds"
        ]
        assert one(timer).process.command == "/opt/backup.sh"

    def test_one_of_several_of_which_one_must_hold_is_told_with_the_others(self) -> None:
        lines = ["[Unit]", "ConditionPathExists=|/none", "ConditionACPower=|true"]
        assert len(notes_with(*lines)) == 2
        assert one(service=RUNS + "\n".join(lines)).process.command == "/opt/backup.sh"


class TestDifferences:
    @pytest.mark.parametrize(
        ("options", "difference"),
        [
            ("After=network-online.target Wants=network-online.target",
             "no other unit is started, stopped or waited for"),
            ("PrivateTmp=yes ProtectSystem=strict NoNewPrivileges=true ReadWritePaths=/srv",
             "it is not shut in, and may do all that you may"),
            ("SystemCallFilter=@system-service RestrictAddressFamilies=AF_UNIX DynamicUser=yes",
             "it is not shut in, and may do all that you may"),
            ("MemoryDenyWriteExecute=yes PrivateNetwork=yes ExecPaths=/ DeviceAllow=x",
             "it is not shut in, and may do all that you may"),
            ("MemoryMax=1G CPUQuota=50% LimitNOFILE=5 Slice=x.slice IOWeight=5 TasksMax=7",
             "it may use as much of the machine as there is"),
            ("Nice=10 IOSchedulingClass=idle CPUSchedulingPolicy=batch",
             "it has no priority of its own: nice and ionice can stand before the command"),
            ("StandardOutput=null StandardInput=file:/x SyslogIdentifier=x LogLevelMax=info",
             "what it prints is in the log of its run, and it has nothing to read"),
            ("KillMode=process KillSignal=SIGINT TimeoutStopSec=5",
             "it is stopped with TERM, and KILL after a while"),
            ("Restart=on-failure RestartSec=5 StartLimitBurst=3 SuccessExitStatus=1",
             "exit codes other than 0 are failures, and only retries start it again"),
            ("StateDirectory=x LogsDirectory=y UMask=077 LoadCredential=a:b",
             "no folders and no credentials are made for it, and files have your umask"),
            ("Group=x SupplementaryGroups=y PassEnvironment=LANG",
             "it has the groups and the environment of whoever schedules"),
            ("Surprise=yes BusName=x.y", "is not kept"),
        ],
    )  # fmt: skip
    def test_options_without_which_the_same_is_missing_are_one_line(
        self, options: str, difference: str
    ) -> None:
        lines = options.split()
        keys = [f"{line.partition('=')[0]}=" for line in lines]
        assert notes_with(*lines) == [f"{', '.join(keys)}: {difference}"]

    @pytest.mark.parametrize(
        ("lines", "notes"),
        [
            (
                ["[Unit]", "OnFailure=notify@%n.service"],
                ["OnFailure=notify@%n.service: nothing is started when it fails"],
            ),
            (
                ["ExecStopPost=/bin/rm /x"],
                ["ExecStopPost=/bin/rm /x: nothing runs after it: put it into the command"],
            ),
            (["PrivateTmp=no", "CapabilityBoundingSet=", "ExecReload=/bin/x"], []),
            (
                ["RemainAfterExit=yes"],
                ["RemainAfterExit=yes: it runs each time, also where systemd sees it as active"],
            ),
            (["[Install]", "WantedBy=x.target", "[X-Ours]", "A=b"], []),
        ],
    )
    def test_what_an_option_would_have_done_is_told(
        self, lines: list[str], notes: list[str]
    ) -> None:
        assert notes_with(*lines) == notes

    def test_those_of_a_timer_are_told_too(self) -> None:
        timer = f"{TIMER}AccuracySec=1s\nWakeSystem=yes\n"
        assert notes_with(timer=timer) == [
            "WakeSystem=yes: the machine is not woken: what it sleeps through is missed",
        ]

    def test_a_type_that_ends_otherwise_is_told(self) -> None:
        [note] = of_pair(service="[Service]\nType=forking\nExecStart=/opt/x\n").notes
        assert note.text.startswith("Type=forking: a run ends with its first process")


class TestWhereAndWho:
    def test_it_keeps_folder_description_and_names(self) -> None:
        process = process_with(
            "WorkingDirectory=%h/work", "User=anna", "ExecStart=/bin/echo %n %N %p %i %u %S",
            "[Unit]", "Description=Copies %n", specifiers={"S": "/srv/state"},
        )  # fmt: skip
        assert process.working_directory == "/home/anna/work"
        assert process.description == "Copies backup.service"
        output = "backup.service backup backup  anna /srv/state\n"
        assert printed(process) == (output, 0)

    def test_a_folder_that_need_not_be_there_is_entered_by_the_command(
        self, tmp_path: Path
    ) -> None:
        lines = ("WorkingDirectory=-{}", "ExecStart=/bin/pwd")
        there, missing = (tmp_path, tmp_path / "missing")
        for folder, printed_folder in ((there, there), (missing, "/")):
            process = process_with(*(line.format(folder) for line in lines))
            assert process.working_directory is None
            assert printed(process) == (f"{printed_folder}\n", 0)

    def test_a_tilde_is_the_home(self) -> None:
        process = process_with("WorkingDirectory=~", "ExecStart=/bin/true")
        assert process.working_directory == "/home/anna"

    def test_a_unit_of_the_system_runs_as_root_in_the_root(self) -> None:
        reason = reason_with("ExecStart=/bin/true", is_system=True)
        assert reason.startswith("backup.service runs as root, and you are anna: import it as that")
        process = process_with("User=anna", "ExecStart=/bin/true", is_system=True)
        assert process.working_directory == "/"

    def test_one_of_another_user_is_refused(self) -> None:
        assert reason_with("User=root", "ExecStart=/bin/true").startswith(
            "backup.service runs as root, and you are anna: import it as that user"
        )

    @pytest.mark.parametrize(
        ("span", "reason"),
        [
            ("soon", "TimeoutStartSec=soon is not understood: write it in seconds"),
            ("5 fortnights", "TimeoutStartSec=5 fortnights: fortnights is not known"),
        ],
    )
    def test_a_limit_that_is_not_understood_is_refused(self, span: str, reason: str) -> None:
        lines = (f"TimeoutStartSec={span}", "ExecStart=/bin/true")
        assert reason_with(*lines).startswith(reason)
        assert process_with("TimeoutStartSec=2h", "ExecStart=/bin/true").timeout == timedelta(
            hours=2
        )
