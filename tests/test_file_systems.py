"""Where a database lies: read from what the system says is mounted."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.mounts import namespace, write_table
from tests.support.patience import PATIENCE
from tui_scheduler.errors import DatabaseUnusable
from tui_scheduler.file_systems import mount_of, refuse_shared, shared_mount, shared_problem

SHARED = """
    nfs nfs4 cifs smb3 smbfs lustre gpfs beegfs ceph afs glusterfs panfs orangefs pvfs2 9p virtiofs
    gfs2 ocfs2 fuse fuse.sshfs fuse.s3fs fuse.rclone fuse.glusterfs fuse.ceph-fuse fuse.not-known
"""
OF_THIS_MACHINE = """
    ext4 xfs btrfs zfs tmpfs overlay fuseblk fuse.fuse-overlayfs fuse.gocryptfs f2fs autofs squashfs
    never-heard-of
"""
ROOT = "27 1 254:0 / / rw - ext4 /dev/vda rw"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return tmp_path / "mountinfo"


def where(table: Path, *lines: str, path: str = "/srv/data/x.db") -> str:
    """The type of what is mounted where ``path`` would be."""
    table.write_text("\n".join([*lines, ""]))
    return str(mount_of(Path(path), table))


class TestWhichMountItIs:
    def test_the_deepest_one(self, table: Path) -> None:
        lines = (ROOT, "40 27 0:1 / /srv rw - xfs a rw", "41 40 0:2 / /srv/data rw - nfs4 a rw")
        assert where(table, *lines) == "nfs4, mounted on /srv/data"
        assert where(table, *reversed(lines)) == "nfs4, mounted on /srv/data"
        assert where(table, *lines, path="/srv/database") == "xfs, mounted on /srv"
        assert where(table, *lines, path="/srv2/x.db") == "ext4, mounted on /"

    def test_the_last_of_several_on_one_folder(self, table: Path) -> None:
        lines = (ROOT, "40 27 0:1 / /srv rw - nfs4 a rw", "41 40 0:2 / /srv rw - tmpfs a rw")
        assert where(table, *lines) == "tmpfs, mounted on /srv"

    def test_one_above_hides_those_that_were_there_before(self, table: Path) -> None:
        lines = (ROOT, "40 27 0:1 / /srv/data rw - nfs4 a rw", "41 27 0:2 / /srv rw - tmpfs a rw")
        assert where(table, *lines) == "tmpfs, mounted on /srv"

    def test_a_folder_that_is_bound_is_what_it_was(self, table: Path) -> None:
        bound = "40 27 0:44 /export/me /srv/data rw shared:7 master:1 - nfs4 server:/ rw"
        assert where(table, ROOT, bound) == "nfs4, mounted on /srv/data"

    def test_a_root_of_a_root(self, table: Path) -> None:
        lines = ("1 1 0:2 / / rw - rootfs rootfs rw", "20 1 8:1 / / rw - nfs4 a rw")
        assert where(table, *lines) == "nfs4, mounted on /"

    def test_without_the_mount_of_the_root(self, table: Path) -> None:
        """As after chroot into what is no mount."""
        lines = ("40 31 0:1 / /srv rw - nfs4 a rw", "41 40 0:1 / /srv/data rw - ext4 a rw")
        assert where(table, *lines) == "ext4, mounted on /srv/data"
        assert where(table, *lines, path="/srv/x") == "nfs4, mounted on /srv"
        assert where(table, *lines, path="/x.db") == "None"

    @pytest.mark.parametrize("name", ["a b", "tab\t", "back\\slash", "new\nline", "\r", "\udcff"])
    def test_names_of_all_kinds(self, table: Path, tmp_path: Path, name: str) -> None:
        folder = tmp_path / name
        mount = shared_mount(folder / "x.db", write_table(table, (folder, "nfs")))
        assert mount is not None
        assert mount.point == str(folder)

    def test_a_link_is_followed(self, table: Path, tmp_path: Path) -> None:
        (tmp_path / "share").mkdir()
        (tmp_path / "link").symlink_to(tmp_path / "share")
        write_table(table, (tmp_path / "share", "nfs"))
        assert shared_mount(tmp_path / "link" / "x.db", table) is not None

    def test_a_file_and_its_folder_may_be_two(self, table: Path, tmp_path: Path) -> None:
        """A container is given a single file; its WAL lies beside it."""
        file = tmp_path / "x.db"
        for kinds in (("ext4", "nfs4"), ("nfs4", "ext4")):
            write_table(table, (tmp_path, kinds[0]))
            table.write_text(f"{table.read_text()}50 30 0:9 / {file} rw - {kinds[1]} a rw\n")
            assert shared_mount(file, table) is not None

    @pytest.mark.parametrize(
        "content", [b"", b"nonsense", b"27", b"1 2 3\n\xff\n", b"27 1 254:0 / / rw"]
    )
    def test_what_makes_no_sense_tells_nothing(self, table: Path, content: bytes) -> None:
        table.write_bytes(content)
        assert shared_mount(Path("/srv/x.db"), table) is None

    def test_one_line_of_nonsense_hides_no_other(self, table: Path) -> None:
        assert where(table, ROOT, "x y", "", "40 27", "41 27 0:1 / /srv rw - nfs a") == (
            "nfs, mounted on /srv"
        )

    def test_where_nothing_can_be_read_nothing_is_refused(self, table: Path) -> None:
        assert mount_of(Path("/srv/x.db"), table) is None
        table.mkdir()
        assert mount_of(Path("/srv/x.db"), table) is None

    def test_macos(self, table: Path) -> None:
        table.write_text(
            "/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)\n"
            "/dev/disk3s5 on /System/Volumes/Data (apfs, local, journaled, nobrowse)\n"
            "map auto_home on /System/Volumes/Data/home (autofs, automounted, nobrowse)\n"
            "server:/export on /System/Volumes/Data/net/a (nfs, nodev, nosuid)\n"
            "//me@nas/x (y) on /Volumes/x (y) (smbfs, nodev, nosuid, mounted by me)\n"
            "/dev/disk9 on /Volumes/usb (macfuse, local, synchronous)\n"
            "sshfs on /Volumes/far (macfuse, nodev, synchronous)\n"
        )
        places = {
            "/Users/me/x.db": "",
            "/home/me/x.db": "",
            "/Volumes/usb/x.db": "",
            "/net/a/x.db": "a network file system",
            "/System/Volumes/Data/net/a/x.db": "a network file system",
            "/Volumes/x (y)/x.db": "a network file system",
            "/Volumes/far/x.db": "a file system that a program makes (FUSE)",
        }
        for path, kind in places.items():
            mount = mount_of(Path(path), table)
            assert mount is not None
            assert mount.kind.startswith(kind) if kind else not mount.kind, path


class TestWhoElseReachesIt:
    def test_others_do_or_may(self, table: Path) -> None:
        for kind in SHARED.split():
            table = write_table(table, ("/srv", kind))
            assert shared_mount(Path("/srv/x.db"), table) is not None, kind

    def test_only_this_machine_does(self, table: Path) -> None:
        for kind in OF_THIS_MACHINE.split():
            assert shared_mount(Path("/srv/x.db"), write_table(table, ("/srv", kind))) is None, kind

    @pytest.mark.parametrize(
        ("kind", "is_shared"), [("9p", False), ("virtiofs", False), ("nfs", True)]
    )
    def test_all_of_a_small_virtual_machine_is_its_own(
        self, table: Path, kind: str, *, is_shared: bool
    ) -> None:
        table.write_text(ROOT.replace("ext4", kind))
        assert (shared_mount(Path("/srv/x.db"), table) is not None) is is_shared

    def test_file_kind_and_remedy_are_told(self, share: Path) -> None:
        file = share / "x.db"
        place = f"a network file system (nfs4, mounted on {share})"
        assert shared_problem(file).startswith(f"The database {file} would lie on {place}, where ")
        file.touch()
        with pytest.raises(DatabaseUnusable, match="Keep it on a disk of this machine") as refused:
            refuse_shared(file)
        assert str(refused.value).startswith(f"The database {file} lies on {place}, where SQLite")

    def test_of_what_nobody_knows_no_more_is_said(self, table: Path) -> None:
        problem = shared_problem(Path("/srv/x.db"), write_table(table, ("/srv", "fuse.odd")))
        assert "a file system that a program makes (FUSE), and that may be of another" in problem


@pytest.mark.skipif(not namespace(), reason="nobody lets us mount anything here")
def test_real_mounts(tmp_path: Path) -> None:
    command = [*namespace(), sys.executable, "-m", "tests.support.mounts", str(tmp_path)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    steps = {report["step"]: report for report in map(json.loads, ran.stdout.splitlines())}
    assert [(step, report["code"]) for step, report in steps.items()] == [
        ("before", 0),
        ("tmpfs", 0),
        ("bound", 4),
        ("sshfs on it", 4),
        ("tmpfs above it", 0),
    ], ran.stderr
    share = tmp_path / "share"
    assert steps["tmpfs"]["mount"] == f"tmpfs, mounted on {share}"
    assert steps["sshfs on it"]["mount"] == f"fuse.sshfs, mounted on {share}"
    assert steps["bound"]["mount"] == f"fuse.sshfs, mounted on {tmp_path}/an odd\\name"
    assert steps["tmpfs above it"]["mount"] == f"tmpfs, mounted on {tmp_path}"
    assert f"(fuse.sshfs, mounted on {share})" in steps["sshfs on it"]["err"]


@pytest.mark.skipif(not namespace(), reason="nobody lets us mount anything here")
@pytest.mark.parametrize(
    ("size", "fill", "reason"),
    [
        ("size=2m", "cat /dev/zero", "the disk is full. Free some space: df "),
        ("nr_inodes=4", "touch a b c d", "the disk takes no more files. Remove some: df -i "),
    ],
)
def test_a_full_disk_is_no_failing_one(tmp_path: Path, size: str, fill: str, reason: str) -> None:
    script = f"""
        scheduler() {{ {sys.executable} -m tui_scheduler --database {tmp_path}/x.db "$@"; }}
        mount -t tmpfs -o {size} x {tmp_path}
        scheduler add --when daily -- true >/dev/null 2>&1
        (cd {tmp_path} && {fill} >fill 2>/dev/null)
        for command in status runs "add --when daily -- false"; do scheduler $command; done
    """
    done = subprocess.run(
        [*namespace(), "sh", "-c", script], capture_output=True, text=True, timeout=PATIENCE
    )
    errors = [line for line in done.stderr.splitlines() if line.startswith("The database")]
    assert [f"{tmp_path}/x.db cannot" in line for line in errors] == [True] * 3
    assert [line.partition(": ")[2] for line in errors] == [f"{reason}{tmp_path}"] * 3
