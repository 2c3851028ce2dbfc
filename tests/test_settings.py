"""Where files live, and what the configuration file may change."""

from datetime import timedelta
from pathlib import Path

import platformdirs
import pytest

from tui_scheduler.errors import ExitCode, InvalidInput
from tui_scheduler.settings import (
    Settings,
    config_file,
    default_database,
    load_calendars,
    load_settings,
)


def configured(tmp_path: Path, text: str, database: Path | None = None) -> Settings:
    file = tmp_path / "config.toml"
    file.write_text(text)
    return load_settings(database, file)


class TestWithoutAConfigurationFile:
    def test_files_live_where_the_system_wants_them(self) -> None:
        settings = load_settings()
        assert settings.database == default_database()
        assert settings.database.is_relative_to(Path.home())
        assert settings.diagnostics_file.is_relative_to(Path.home())

    @pytest.mark.parametrize(
        "variables",
        [
            {},
            {"XDG_CONFIG_HOME": "/a", "XDG_DATA_HOME": "/b/", "XDG_STATE_HOME": "/c"},
            {"XDG_CONFIG_HOME": "", "XDG_DATA_HOME": "relative"},
            {"HOME": "relative"},
            {"HOME": ""},
        ],
    )
    def test_that_is_where_platformdirs_says(
        self, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]
    ) -> None:
        for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        app = "tui-scheduler"
        assert config_file().parent == platformdirs.user_config_path(app)
        assert default_database().parent == platformdirs.user_data_path(app)
        diagnostics = Settings(database=Path("/x.db")).diagnostics_file
        assert diagnostics.parent == platformdirs.user_state_path(app)

    def test_everything_else_has_a_default(self) -> None:
        assert load_settings() == Settings(database=default_database())
        assert load_settings().misfire_grace == timedelta(seconds=60)

    def test_a_database_can_be_named(self, tmp_path: Path) -> None:
        settings = load_settings(tmp_path / "other.db")
        assert settings.database == tmp_path / "other.db"

    def test_logs_and_lock_lie_beside_it(self, tmp_path: Path) -> None:
        settings = load_settings(tmp_path / "other.db")
        assert settings.log_folder == tmp_path / "other.db.logs"
        assert settings.lock_file == tmp_path / "other.db.lock"

    def test_a_relative_name_is_of_this_folder(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        assert load_settings(Path("here.db")).database == tmp_path / "here.db"

    def test_a_tilde_is_the_home(self) -> None:
        assert load_settings(Path("~/x.db")).database == Path.home() / "x.db"

    def test_a_home_of_nobody_is_refused(self) -> None:
        with pytest.raises(InvalidInput, match="write the whole path"):
            load_settings(Path("~nobody-of-this-name/x.db"))


class TestConfigurationFile:
    def test_it_is_found_where_the_system_wants_it(self, tmp_path: Path) -> None:
        file = config_file()
        file.parent.mkdir(parents=True)
        file.write_text('theme = "nord"')
        assert load_settings().theme == "nord"

    def test_it_can_change_everything(self, tmp_path: Path) -> None:
        settings = configured(
            tmp_path,
            """
            database = "~/work.db"
            misfire_grace = 5
            kill_grace = 0.5
            log_cap = "5 MB"
            disk_reserve = 2.5
            keep_days = 0
            keep_runs = 50
            keep_bytes = "1.5 GB"
            theme = "nord"
            bell = true
            desktop_notice = true
            when_closed = "quit"
            max_running = 4
            [keymap]
            "request.new" = "n,a"
            """,
        )
        assert settings == Settings(
            database=Path.home() / "work.db",
            misfire_grace=timedelta(seconds=5),
            kill_grace=timedelta(seconds=0.5),
            log_cap=5_000_000,
            disk_reserve=2.5,
            keep_days=0,
            keep_runs=50,
            keep_bytes=1_500_000_000,
            theme="nord",
            bell=True,
            desktop_notice=True,
            when_closed="quit",
            max_running=4,
            keymap={"request.new": "n,a"},
        )

    def test_the_command_line_wins(self, tmp_path: Path) -> None:
        settings = configured(tmp_path, 'database = "/a.db"', tmp_path / "b.db")
        assert settings.database == tmp_path / "b.db"

    def test_a_mark_of_an_editor_before_the_text_is_no_matter(self, tmp_path: Path) -> None:
        assert configured(tmp_path, "\ufeffkeep_days = 7").keep_days == 7

    def test_an_empty_one_changes_nothing(self, tmp_path: Path) -> None:
        assert configured(tmp_path, "") == load_settings()


CALENDARS = """
    [calendar.company]
    dates = ["2026-12-24", 2026-12-31, "2027-01-02..2027-01-06"]
    [calendar.spain]
    holidays = "es-CT"
    """


def test_days_have_names_in_it(tmp_path: Path) -> None:
    company, spain = configured(tmp_path, CALENDARS).calendars.values()
    assert company.dates == ("2026-12-24", "2026-12-31", "2027-01-02..2027-01-06")
    assert (spain.name, spain.place) == ("spain", ("ES", "CT"))
    assert load_calendars(tmp_path / "config.toml") == {"company": company, "spain": spain}
    assert load_calendars(tmp_path / "nothing.toml") == {}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("colour = 1", "colour: is not a setting. Known ones: bell, calendar, cluster, database,"),
        (
            "misfire_grace = -1",
            "misfire_grace: must be a number of seconds up to 999999999, for example 60",
        ),
        ("misfire_grace = true", "misfire_grace: must be a number of seconds"),
        ("misfire_grace = nan", "misfire_grace: must be a number of seconds"),
        ("misfire_grace = inf", "misfire_grace: must be a number of seconds"),
        ('kill_grace = "10s"', "kill_grace: must be a number of seconds"),
        ("disk_reserve = 100", "disk_reserve: must be a percentage below 100"),
        ("keep_days = -1", "keep_days: must be a number up to 999999999, for example 90; 0 for"),
        ("keep_days = 1e9", "keep_days: must be a number up to 999999999"),
        (
            "keep_runs = 1.5",
            "keep_runs: must be a whole number up to 999999999, for example 20; 0 for no limit",
        ),
        ("keep_runs = inf", "keep_runs: must be a whole number"),
        (
            "notify_lines = -1",
            "notify_lines: must be a whole number up to 999999999, for example 20; 0 for none",
        ),
        ('keep_bytes = "much"', "keep_bytes: must be a size such as '100 MB'"),
        ("log_cap = -1", "log_cap: must be a size"),
        ("log_cap = true", "log_cap: must be a size"),
        ('when_closed = "stay"', 'when_closed: must be "keep", to schedule in the background, or'),
        ("max_running = 1.5", "max_running: must be a whole number"),
        ("when_closed = true", "when_closed: must be"),
        ("theme = 1", "theme: must be text in quotes"),
        ("database = []", "database: must be text in quotes"),
        ('database = "~nobody-of-this-name/x"', "database: ~nobody-of-this-name/x names the home"),
        ("keymap = 1", "keymap: must be a table"),
        ('keymap = { "request.new" = 1 }', "keymap: must be a table"),
        ("calendar = 1", "calendar: must be tables, each called [calendar.NAME]"),
        ("[calendar]\nx = 1", "calendar.x: must be a table, called [calendar.x]"),
        ("[calendar.x]", 'calendar.x: needs dates, such as ["2026-12-24"], or holidays, such as'),
        ("[calendar.x]\nday = 1", "calendar.x: day is not known. Known ones: dates, holidays"),
        ('[calendar.x]\ndates = "2026-12-24"', "calendar.x: dates must be a list, such as"),
        ("[calendar.x]\ndates = [1]", "calendar.x: dates must each be a date such as"),
        ('[calendar.x]\ndates = ["soon"]', "calendar.x: dates: 'soon' is no date: write 2026"),
        ("[calendar.x]\ndates = [2026-12-24T09:00:00]", "calendar.x: dates must each be a date"),
        (
            '[calendar.x]\ndates = ["2026-02-01..2026-01-01"]',
            "calendar.x: dates: '2026-02-01..2026-01-01' ends",
        ),
        (
            '[calendar.x]\ndates = ["0001-01-01..9999-12-31"]',
            "calendar.x: dates are more than 50,000",
        ),
        ("[calendar.x]\nholidays = 1", "calendar.x: holidays must be a country or a region in"),
        ('[calendar.x]\nholidays = "Spain"', "calendar.x: holidays must be a country or a region"),
        ('[calendar."a b"]\nholidays = "ES"', "calendar.a b: its name must begin with a letter"),
        ('[calendar.sunday]\nholidays = "ES"', "calendar.sunday: its name means something else"),
        ("theme = ", "file: cannot be read: it is not TOML: "),
        ("a = " + "[" * 100_000, "file: cannot be read: it is nested too deep: write fewer"),
    ],
)
def test_what_is_wrong_is_named_with_its_file(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        configured(tmp_path, text)
    assert f"{tmp_path / 'config.toml'}: {problem}" in str(refused.value)
    assert refused.value.exit_code is ExitCode.USAGE


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_bytes(b"# fine\n\xff\xfe")
    with pytest.raises(InvalidInput, match="it is not UTF-8 in line 2: save it as UTF-8"):
        load_settings(config=tmp_path / "config.toml")


def test_a_file_that_is_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot be read"):
        load_settings(config=tmp_path)


class TestOneNameOfADatabase:
    @pytest.fixture
    def real(self, tmp_path: Path) -> Path:
        (tmp_path / "real").mkdir()
        return tmp_path / "real" / "jobs.db"

    def test_a_link_to_the_file_leads_to_it(self, real: Path, tmp_path: Path) -> None:
        real.touch()
        link = tmp_path / "link.db"
        link.symlink_to(real)
        settings = load_settings(link)
        assert (settings.database, settings.spelled) == (real, link)
        assert settings.lock_file == real.with_name("jobs.db.lock")
        assert settings.log_folder == real.with_name("jobs.db.logs")
        assert settings.lock_files == (tmp_path / "link.db.lock", settings.lock_file)
        assert settings.former_log_folder == tmp_path / "link.db.logs"

    def test_so_does_a_link_to_a_folder_above_it(self, real: Path, tmp_path: Path) -> None:
        (tmp_path / "link").symlink_to(tmp_path / "real")
        assert load_settings(tmp_path / "link" / "jobs.db").database == real

    def test_one_that_is_not_there_yet_is_found_by_its_link(
        self, real: Path, tmp_path: Path
    ) -> None:
        (tmp_path / "link.db").symlink_to("real/jobs.db")
        assert load_settings(tmp_path / "link.db").database == real

    @pytest.mark.parametrize("name", ["real/../real/jobs.db", "real//jobs.db", "./real/./jobs.db"])
    def test_any_spelling_leads_to_it(
        self, real: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        monkeypatch.chdir(tmp_path)
        assert load_settings(Path(name)).database == real
        assert load_settings(tmp_path / name).database == real

    def test_going_elsewhere_afterwards_changes_nothing(
        self, real: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path / "real")
        settings = load_settings(Path("jobs.db"))
        monkeypatch.chdir(tmp_path)
        assert settings.database == real
        assert settings.spelled is None

    def test_the_configuration_file_may_name_a_link(self, real: Path, tmp_path: Path) -> None:
        (tmp_path / "link.db").symlink_to(real)
        assert configured(tmp_path, f'database = "{tmp_path}/link.db"').database == real

    def test_a_circle_of_links_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "a.db").symlink_to("b.db")
        (tmp_path / "b.db").symlink_to("a.db")
        with pytest.raises(InvalidInput, match="in a circle of links"):
            load_settings(tmp_path / "a.db")

    def test_a_folder_that_was_removed_is_said(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder = tmp_path / "gone"
        folder.mkdir()
        monkeypatch.chdir(folder)
        folder.rmdir()
        with pytest.raises(InvalidInput, match="the current folder was removed"):
            load_settings(Path("jobs.db"))
        assert load_settings(tmp_path / "jobs.db").database == tmp_path / "jobs.db"


def test_runs_are_told_of_a_configuration_that_they_would_not_find(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, database = tmp_path / "its.toml", tmp_path / "s.db"
    file.touch(0o600)
    alone = {"TUI_SCHEDULER_DATABASE": str(database)}
    assert load_settings(database).for_runs == alone
    both = {**alone, "TUI_SCHEDULER_CONFIG": str(file)}
    assert load_settings(database, file).for_runs == both
    monkeypatch.setenv("TUI_SCHEDULER_CONFIG", str(file))
    assert load_settings(database, file).for_runs == alone
