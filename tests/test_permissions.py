"""Who may read and write our files."""

import grp
import os
import pwd
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.other_users import SOMEBODY, give_away, needs_root
from tui_scheduler import permissions
from tui_scheduler.errors import DatabaseUnusable, ExitCode
from tui_scheduler.permissions import (
    current_user,
    folder_dangers,
    make_file,
    make_folders,
    open_file,
    read_file,
    read_trusted,
    refuse_unsafe_folders,
    refuse_what_others_write,
    shared_folders,
    user_name,
)

_SOMEBODY = SOMEBODY
_TO_WRITE = (os.O_WRONLY, os.O_RDWR | os.O_CREAT, os.O_WRONLY | os.O_APPEND | os.O_CREAT)


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

    def test_where_a_link_leads_nowhere_there_is_no_folder(self, tmp_path: Path) -> None:
        (tmp_path / "link").symlink_to(tmp_path / "nowhere")
        with pytest.raises(FileExistsError):
            make_folders(tmp_path / "link" / "deep")


class TestOpening:
    def test_a_file_that_is_made_is_its_owners_alone(self, tmp_path: Path) -> None:
        os.close(open_file(tmp_path / "log", os.O_WRONLY | os.O_CREAT))
        assert mode(tmp_path / "log") == 0o600

    @pytest.mark.parametrize("flags", [os.O_RDONLY, os.O_WRONLY, os.O_RDWR | os.O_CREAT])
    def test_what_would_be_waited_for_is_refused(self, tmp_path: Path, flags: int) -> None:
        os.mkfifo(tmp_path / "log")
        with pytest.raises(OSError, match="it is not a regular file"):
            open_file(tmp_path / "log", flags)

    @pytest.mark.parametrize("flags", [os.O_RDONLY, *_TO_WRITE])
    @pytest.mark.parametrize("plant", [Path.symlink_to, Path.hardlink_to])
    def test_another_name_of_a_file_is_refused_and_the_file_left_alone(
        self, tmp_path: Path, flags: int, plant: Callable[[Path, Path], None]
    ) -> None:
        victim = tmp_path / "victim"
        victim.write_text("precious")
        victim.chmod(0o644)
        plant(tmp_path / "log", victim)
        with pytest.raises(OSError, match=r"symbolic link|2 names"):
            open_file(tmp_path / "log", flags)
        assert (victim.read_text(), mode(victim)) == ("precious", 0o644)

    @pytest.mark.parametrize("flags", [os.O_RDONLY, *_TO_WRITE])
    def test_nothing_is_made_where_a_link_leads(self, tmp_path: Path, flags: int) -> None:
        (tmp_path / "log").symlink_to(tmp_path / "victim")
        with pytest.raises(OSError, match="it is a symbolic link"):
            open_file(tmp_path / "log", flags)
        assert not (tmp_path / "victim").exists()

    @pytest.mark.parametrize("target", ["/dev/full", "/dev/null"])
    def test_no_device_becomes_ours(self, tmp_path: Path, target: str) -> None:
        (tmp_path / "log").symlink_to(target)
        before = mode(Path(target))
        with pytest.raises(OSError, match="it is a symbolic link"):
            open_file(tmp_path / "log", os.O_WRONLY)
        with pytest.raises(OSError, match="it is not a regular file"):
            open_file(Path(target), os.O_WRONLY)
        assert mode(Path(target)) == before

    def test_a_folder_is_none(self, tmp_path: Path) -> None:
        with pytest.raises(OSError, match="it is a folder"):
            open_file(tmp_path, os.O_RDWR | os.O_CREAT)

    def test_one_that_may_be_written_is_closed_to_others(self, tmp_path: Path) -> None:
        log = tmp_path / "log"
        log.touch(0o644)
        os.close(open_file(log, os.O_RDONLY))
        assert mode(log) == 0o644
        os.close(open_file(log, os.O_WRONLY))
        assert mode(log) == 0o600

    @needs_root
    @pytest.mark.parametrize("flags", _TO_WRITE)
    def test_what_belongs_to_somebody_else_is_left_alone(self, tmp_path: Path, flags: int) -> None:
        log = give_away(tmp_path / "log")
        with pytest.raises(OSError, match=f"it belongs to {user_name(SOMEBODY)}"):
            open_file(log, flags)
        assert (mode(log), log.stat().st_uid) == (0o644, SOMEBODY)

    @needs_root
    def test_root_reads_what_belongs_to_others(self, tmp_path: Path) -> None:
        assert read_file(give_away(tmp_path / "log")) == b""

    def test_others_believe_only_what_is_theirs_or_roots(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        log = tmp_path / "log"
        log.write_text("text")
        monkeypatch.setattr(os, "geteuid", lambda: SOMEBODY)
        monkeypatch.setattr(permissions, "_ROOT", os.getuid())
        assert read_file(log) == b"text"
        monkeypatch.setattr(permissions, "_ROOT", SOMEBODY + 1)
        with pytest.raises(OSError, match="it belongs to"):
            read_file(log)
        os.close(open_file(log, os.O_RDONLY, of_anybody=True))

    def test_a_link_is_made_where_it_leads(self, tmp_path: Path) -> None:
        (tmp_path / "link").symlink_to(tmp_path / "new" / "real")
        assert make_file(tmp_path / "link")
        assert not make_file(tmp_path / "link")
        assert mode(tmp_path / "new" / "real") == 0o600


class TestReadingWhatWeNeverWrite:
    def test_a_link_is_followed(self, tmp_path: Path) -> None:
        (tmp_path / "real").write_text("text")
        (tmp_path / "link").symlink_to(tmp_path / "real")
        assert read_trusted(tmp_path / "link") == b"text"

    def test_what_others_may_write_is_refused_with_the_remedy(self, tmp_path: Path) -> None:
        file = tmp_path / "it's a file"
        file.write_text("text")
        file.chmod(0o666)
        with pytest.raises(OSError, match="others may write it") as refused:
            read_trusted(file)
        assert os.system(str(refused.value.strerror).rpartition(": ")[2]) == 0
        assert read_trusted(file) == b"text"

    def test_so_is_what_would_be_waited_for(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(OSError, match="it is not a regular file"):
            read_trusted(tmp_path / "pipe")

    @needs_root
    def test_so_is_what_belongs_to_somebody_else(self, tmp_path: Path) -> None:
        (tmp_path / "link").symlink_to(give_away(tmp_path / "file"))
        with pytest.raises(OSError, match="it belongs to"):
            read_trusted(tmp_path / "link")


def members(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Let every group have these members."""
    monkeypatch.setattr(permissions, "_members", lambda group: frozenset(names))


class TestFolders:
    @pytest.mark.parametrize("allowed", [0o700, 0o755, 0o775, 0o1777, 0o1770])
    def test_one_that_nobody_else_may_change_is_safe(
        self, tmp_path: Path, allowed: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        members(monkeypatch, current_user(), "root")
        tmp_path.chmod(allowed)
        assert list(folder_dangers(tmp_path)) == []
        refuse_unsafe_folders(tmp_path, tmp_path / "missing" / "too")
        assert shared_folders(tmp_path) == ""

    @pytest.mark.parametrize("beneath", ["", "private", "missing/too"])
    def test_one_that_all_may_change_is_refused_with_the_remedy(
        self, tmp_path: Path, beneath: str
    ) -> None:
        folder = tmp_path / "it's open"
        (folder / "private").mkdir(parents=True)
        folder.chmod(0o777)
        with pytest.raises(DatabaseUnusable, match="may be written by others, who could") as error:
            refuse_unsafe_folders(folder / beneath)
        command = str(error.value).rpartition(": ")[2].removesuffix(".")
        assert os.system(command) == 0
        refuse_unsafe_folders(folder / beneath)

    def test_a_link_leads_to_the_folder_that_counts(self, tmp_path: Path) -> None:
        (tmp_path / "open").mkdir()
        (tmp_path / "open").chmod(0o777)
        (tmp_path / "link").symlink_to(tmp_path / "open")
        with pytest.raises(DatabaseUnusable, match=f"{tmp_path}/open may be written"):
            refuse_unsafe_folders(tmp_path / "link")

    def test_what_others_of_the_group_may_change_is_told(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        members(monkeypatch, current_user(), "ann")
        folder = tmp_path / "shared"
        folder.mkdir()
        folder.chmod(0o2770)
        refuse_unsafe_folders(folder)
        problem = shared_folders(tmp_path, folder)
        assert problem.startswith(f"{folder} may be written by others of the group ")
        assert os.system(problem.rpartition(": ")[2]) == 0
        assert shared_folders(folder) == ""

    @needs_root
    @pytest.mark.parametrize("beneath", ["", "missing/too"])
    def test_what_belongs_to_somebody_else_is_refused(self, tmp_path: Path, beneath: str) -> None:
        folder = tmp_path / "theirs"
        folder.mkdir()
        give_away(folder)
        with pytest.raises(DatabaseUnusable, match=r"belongs to .*sudo -H"):
            refuse_unsafe_folders(folder / beneath)

    def test_nothing_above_the_home_is_looked_at(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        home = tmp_path / "open" / "home"
        home.mkdir(parents=True)
        home.parent.chmod(0o777)
        monkeypatch.setenv("HOME", str(home))
        refuse_unsafe_folders(home / "deep")
        home.chmod(0o777)
        with pytest.raises(DatabaseUnusable, match=f"{home} may be written by others"):
            refuse_unsafe_folders(home / "deep")

    def test_members_are_those_of_the_group_and_whose_own_it_is(self) -> None:
        for user in pwd.getpwall():
            assert user.pw_name in permissions._members(user.pw_gid)
        for group in grp.getgrall():
            assert set(group.gr_mem) <= permissions._members(group.gr_gid)


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
