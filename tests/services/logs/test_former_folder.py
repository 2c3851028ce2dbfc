"""Logs that an earlier version kept beside a link are brought to the database itself."""

from pathlib import Path

import pytest

from tui_scheduler.services.logs.former_folder import bring_in


@pytest.fixture
def former(tmp_path: Path) -> Path:
    """A folder of logs, one of which is still being written."""
    folder = tmp_path / "link.db.logs"
    (folder / "00000").mkdir(parents=True)
    (folder / "00000" / "1.log").write_text("one\n")
    (folder / "00000" / "2.log").write_text("two\n")
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "real" / "jobs.db.logs"


def test_all_files_are_in_one_folder_then(former: Path, folder: Path) -> None:
    bring_in(former, folder)
    names = sorted(path.name for path in folder.rglob("*.log"))
    assert names == ["1.log", "2.log"]
    assert folder.stat().st_mode & 0o777 == 0o700


def test_who_still_uses_the_former_one_is_led_to_it(former: Path, folder: Path) -> None:
    with (former / "00000" / "1.log").open("a") as written:
        bring_in(former, folder)
        written.write("more\n")
    (former / "00000" / "1.exit").write_text("0\n")
    assert (folder / "00000" / "1.log").read_text() == "one\nmore\n"
    assert (folder / "00000" / "1.exit").read_text() == "0\n"


def test_a_file_that_is_there_already_stays_and_so_does_the_other(
    former: Path, folder: Path
) -> None:
    (folder / "00000").mkdir(parents=True)
    (folder / "00000" / "1.log").write_text("ours\n")
    bring_in(former, folder)
    assert (folder / "00000" / "1.log").read_text() == "ours\n"
    assert (former / "00000" / "1.log").read_text() == "one\n"
    assert (folder / "00000" / "2.log").read_text() == "two\n"


def test_doing_it_twice_changes_nothing(former: Path, folder: Path) -> None:
    bring_in(former, folder)
    bring_in(former, folder)
    assert former.is_symlink()
    assert (former / "00000" / "2.log").read_text() == "two\n"


def test_where_there_is_none_nothing_is_made(tmp_path: Path, folder: Path) -> None:
    bring_in(tmp_path / "missing.logs", folder)
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_moved_stays(
    former: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(path: Path, target: Path) -> Path:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(Path, "rename", refuse)
    bring_in(former, folder)
    assert (former / "00000" / "1.log").read_text() == "one\n"
    assert "stays where an earlier version put it" in caplog.text
