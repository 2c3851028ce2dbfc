"""The command of a crontab line, as /bin/sh is given it; shown by what it prints."""

import subprocess

import pytest

from tui_scheduler.services.imports.crontab.commands import command_line, program_of


def printed(command: str, shell: str = "/bin/sh") -> str:
    line = command_line(command, shell)
    done = subprocess.run(
        ["/bin/sh", "-c", "--", line], capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    assert done.stderr == ""
    return done.stdout


def test_a_plain_command_stays_as_it_is() -> None:
    assert command_line("backup.sh --full > /dev/null", "/bin/sh") == "backup.sh --full > /dev/null"


@pytest.mark.parametrize(
    ("command", "output"),
    [
        ("cat", ""),
        ("cat%", ""),
        ("cat%a", "a\n"),
        ("cat%a%", "a\n"),
        ("cat%a%%", "a\n\n"),
        ("cat%%a", "\na\n"),
        ('cat%it\'s "so" $HOME `x` \\n', 'it\'s "so" $HOME `x` \\n\n'),
        (r"cat%100\% of%it", "100% of\nit\n"),
        (r"echo 100\%", "100%\n"),
        (r"cat -; echo end\%%a", "a\nend%\n"),
        (r"printf '\%s|' a b", "a|b|"),
        (r"cat%a\\b", "a\\\\b\n"),
    ],
)
def test_percent_signs_give_it_its_input(command: str, output: str) -> None:
    assert printed(command) == output


def test_the_exit_code_is_that_of_the_command() -> None:
    line = command_line("cat >/dev/null; exit 7%a", "/bin/sh")
    assert subprocess.run(["/bin/sh", "-c", line]).returncode == 7


def test_another_shell_runs_it_with_all_its_quotes() -> None:
    command = 'a=(1 \'two $x\' "3"); echo "${a[1]}" $0'
    assert command_line(command, "/bin/bash").startswith("/bin/bash -c 'a=(1 ")
    assert printed(command, "/bin/bash") == "two $x /bin/bash\n"


def test_another_shell_gets_its_input_too() -> None:
    assert printed("read -r -a words; echo ${words[1]}%one two", "/bin/bash") == "two\n"


def test_a_shell_with_a_space_in_its_path_is_quoted() -> None:
    assert command_line("true", "/opt/my shell") == "'/opt/my shell' -c true"


def test_names_are_made_of_the_command_without_its_input() -> None:
    assert program_of(r"mail -s 100\% me%Dear me") == "mail -s 100% me"
