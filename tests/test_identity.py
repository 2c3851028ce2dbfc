"""Machines and files are known by what stays, not by what they are called."""

from pathlib import Path

import pytest

from tui_scheduler import identity
from tui_scheduler.identity import Host, file_identity, this_host

ALPHA = Host("3d1219c7", "alpha")


def test_a_machine_that_was_renamed_is_the_same() -> None:
    assert not ALPHA.is_another_than(Host(ALPHA.id, "omega"))


def test_two_machines_of_one_name_are_two() -> None:
    assert ALPHA.is_another_than(Host("99999999", "alpha"))


@pytest.mark.parametrize("other", [Host("", "alpha"), Host("", "beta")])
def test_one_without_an_id_is_told_apart_from_nobody(other: Host) -> None:
    assert not ALPHA.is_another_than(other)
    assert not other.is_another_than(ALPHA)


def test_the_id_is_the_first_that_the_system_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [tmp_path / name for name in ("missing", "empty", "one", "two")]
    files[1].touch()
    files[2].write_text("abc\n")
    files[3].write_text("def\n")
    monkeypatch.setattr(identity, "_MACHINE_IDS", files)
    assert this_host.__wrapped__().id == "abc"
    monkeypatch.setattr(identity, "_MACHINE_IDS", files[:2])
    assert this_host.__wrapped__().id == ""


def test_a_file_is_the_same_by_all_its_names(tmp_path: Path) -> None:
    file, link = tmp_path / "file", tmp_path / "link"
    assert file_identity(file) is None
    file.touch()
    link.symlink_to(file)
    assert file_identity(file) == file_identity(link) is not None


def test_a_file_that_takes_a_name_is_another_one(tmp_path: Path) -> None:
    file, other = tmp_path / "file", tmp_path / "other"
    file.touch()
    other.touch()
    before = file_identity(file)
    other.rename(file)
    assert file_identity(file) != before
