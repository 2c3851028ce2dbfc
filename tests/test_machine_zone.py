"""What the machine's zone is called: as tzlocal says it, mostly without asking it."""

from collections.abc import Callable
from pathlib import Path

import pytest
import tzlocal

from tui_scheduler import machine_zone
from tui_scheduler.machine_zone import zone_name
from tui_scheduler.wording import zone_problem

Machine = Callable[..., None]


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """Have a machine with these files: where its link leads to, and what others hold."""
    monkeypatch.delenv("TZ", raising=False)
    monkeypatch.setattr(tzlocal, "get_localzone_name", lambda: "Asked/For")

    def have(leads_to: str | None = None, says: str | None = None, *, other: bool = False) -> None:
        for name, file in (("_LINK", "localtime"), ("_FILE", "timezone")):
            monkeypatch.setattr(machine_zone, name, tmp_path / file)
        monkeypatch.setattr(machine_zone, "_OTHERS", (tmp_path / "clock",))
        if leads_to is not None:
            zone = tmp_path / leads_to
            zone.parent.mkdir(parents=True)
            zone.touch()
            (tmp_path / "localtime").symlink_to(zone)
        if says is not None:
            (tmp_path / "timezone").write_text(says)
        if other:
            (tmp_path / "clock").touch()

    return have


@pytest.mark.parametrize("says", [None, "Europe/Madrid\n"])
def test_the_link_says_it(machine: Machine, says: str | None) -> None:
    machine("usr/share/zoneinfo/Europe/Madrid", says)
    assert zone_name() == "Europe/Madrid"


@pytest.mark.parametrize(
    ("leads_to", "says", "other"),
    [
        (None, None, False),
        (None, "Europe/Madrid\n", False),
        ("usr/share/zoneinfo/Europe/Madrid", "Asia/Tokyo\n", False),
        ("usr/share/zoneinfo/Europe/Madrid", "", False),
        ("usr/share/zoneinfo/Europe/Madrid", "Europa/München", False),
        ("usr/share/zoneinfo/Europe/Madrid", None, True),
        ("somewhere/else", None, False),
    ],
)
def test_what_is_not_plain_is_asked_for(
    machine: Machine, leads_to: str | None, says: str | None, other: bool
) -> None:
    machine(leads_to, says, other=other)
    assert zone_name() == "Asked/For"


@pytest.mark.parametrize("name", ["Asia/Tokyo", "EST5EDT", "PST8PDT", "Europe/Kyiv"])
def test_the_variable_comes_first(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Also with what tzlocal does not know, which would say what the system says instead."""
    machine("usr/share/zoneinfo/Europe/Madrid")
    for value in (name, f":{name}"):
        monkeypatch.setenv("TZ", value)
        assert zone_name() == name


def test_the_variable_may_name_a_file(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    machine("usr/share/zoneinfo/Asia/Tokyo")
    monkeypatch.setenv("TZ", str(tmp_path / "localtime"))
    assert zone_name() == "Asia/Tokyo"


def test_another_file_and_what_is_no_zone_are_asked_for(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    machine("usr/share/zoneinfo/Asia/Tokyo")
    for value in (str(tmp_path / "no.tz"), "Foo/Bar", "CET-1CEST,M3.5.0,M10.5.0/3", "x" * 3000):
        monkeypatch.setenv("TZ", value)
        assert zone_name() == "Asked/For"
        assert "names no time zone that is known" in zone_problem()


def test_a_machine_without_a_zone_has_no_name_for_it(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine()
    monkeypatch.setattr(tzlocal, "get_localzone_name", lambda: None)
    assert zone_name() == ""


def test_this_machine_is_told_as_tzlocal_tells_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TZ", raising=False)
    assert zone_name() == (tzlocal.get_localzone_name() or "")
