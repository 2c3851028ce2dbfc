"""Who may read and write our files."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui_scheduler import permissions
from tui_scheduler.errors import DatabaseUnusable, ExitCode
from tui_scheduler.permissions import (
    current_user,
    make_file,
    make_folders,
    open_file,
    refuse_what_others_write,
    user_name,
)

_SOMEBODY = 54321


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(params=[0o000, 0o022, 0o077, 0o277, 0o777])
def _umask(request: pytest.FixtureRequest) -> Iterator[None]:
    former = os.umask(request.param)
    yield
    os.umask(former)


@pytest.mark.usefixtures("_umask")
class TestMaking:
    def test_a_file_and_its_folders_are_for_their_owner_alone(self, tmp_path: Path) -> None:
        file = tmp_path / "new" / "folders" / "file"
        make_file(file)
        assert mode(file) == 0o600
        assert mode(file.parent) == mode(file.parent.parent) == 0o700

    def test_what_exists_is_kept(self, tmp_path: Path) -> None:
        tmp_path.chmod(0o755)
        file = tmp_path / "file"
        file.write_text("text")
        file.chmod(0o640)
        make_file(file)
        make_folders(tmp_path)
        assert (mode(file), file.read_text()) == (0o640, "text")
        assert mode(tmp_path) == 0o755


class TestOpening:
    def test_a_file_that_is_made_is_its_owners_alone(self, tmp_path: Path) -> None:
        os.close(open_file(tmp_path / "log", os.O_WRONLY | os.O_CREAT))
        assert mode(tmp_path / "log") == 0o600

    @pytest.mark.parametrize("flags", [os.O_RDONLY, os.O_WRONLY, os.O_RDWR | os.O_CREAT])
    def test_what_would_be_waited_for_is_refused(self, tmp_path: Path, flags: int) -> None:
        os.mkfifo(tmp_path / "log")
        with pytest.raises(OSError, match=r"regular file|No such device"):
            open_file(tmp_path / "log", flags)


class TestRefusing:
    @pytest.mark.parametrize("allowed", [0o400, 0o600, 0o644, 0o755])
    def test_what_only_its_owner_may_write_is_trusted(self, tmp_path: Path, allowed: int) -> None:
        tmp_path.chmod(0o755)
        file = tmp_path / "file"
        file.touch()
        file.chmod(allowed)
        refuse_what_others_write([file, tmp_path, tmp_path / "missing"])

    @pytest.mark.parametrize("forbidden", [0o620, 0o602, 0o664, 0o777])
    def test_what_others_may_write_is_refused_with_the_remedy(
        self, tmp_path: Path, forbidden: int
    ) -> None:
        file = tmp_path / "it's a file"
        file.touch()
        file.chmod(forbidden)
        with pytest.raises(DatabaseUnusable) as refused:
            refuse_what_others_write([tmp_path, file])
        command = str(refused.value).rpartition(": ")[2]
        assert os.system(command) == 0
        refuse_what_others_write([file])

    def test_what_belongs_to_somebody_else_is_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(os, "geteuid", lambda: _SOMEBODY)
        monkeypatch.setattr(permissions, "_ROOT", _SOMEBODY)
        owner = user_name(os.getuid())
        with pytest.raises(DatabaseUnusable, match=f"belongs to {owner}, who could") as refused:
            refuse_what_others_write([tmp_path])
        assert refused.value.exit_code is ExitCode.DATABASE

    def test_what_belongs_to_root_is_trusted(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(os, "geteuid", lambda: _SOMEBODY)
        monkeypatch.setattr(permissions, "_ROOT", os.getuid())
        refuse_what_others_write([tmp_path])


def test_whoever_acts_has_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    assert current_user() != ""
    monkeypatch.setattr("os.getuid", lambda: 4_000_000_000)
    assert current_user() == "4000000000"


def test_a_user_without_a_name_has_a_number() -> None:
    assert user_name(_SOMEBODY) == str(_SOMEBODY)
