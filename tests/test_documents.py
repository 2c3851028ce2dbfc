"""What the pages for contributors name is there: a page that leads nowhere is worse than none."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.support.manual_pages import PAGES
from tui_scheduler.manual import TOPICS, page

_ROOT = Path(__file__).parent.parent
_PACKAGE = _ROOT / "tui_scheduler"
_QUOTED = re.compile(r"`([\w./]+(?:\.py|/))`")
_ANCHOR = re.compile(r"\]\(([^):]*#[^)]+)\)")
_LINK = re.compile(r"\]\((?!http)([^)#]+)\)")


_PAGES = [
    "README.md",
    ".github/CONTRIBUTING.md",
    "tui_scheduler/README.md",
    *(path.relative_to(_ROOT).as_posix() for path in PAGES),
]


@pytest.mark.parametrize("page", _PAGES, ids=str)
def test_every_file_and_folder_that_a_page_names_is_there(page: str) -> None:
    text = (_ROOT / page).read_text(encoding="utf-8")
    places = [[_ROOT / name, _PACKAGE / name] for name in _QUOTED.findall(text)]
    places += [[(_ROOT / page).parent / target] for target in _LINK.findall(text)]
    assert not [options for options in places if not any(place.exists() for place in options)]


def test_the_architecture_page_knows_every_room() -> None:
    page = (_PACKAGE / "README.md").read_text(encoding="utf-8")
    rooms = [path.parent for path in _PACKAGE.rglob("__init__.py") if path.parent != _PACKAGE]
    names = [f"`{room.relative_to(_PACKAGE).as_posix()}/`" for room in rooms]
    covered = ("`tui/screens/", "`tui/widgets/")  # their folders are told together
    assert not [
        name
        for name in names
        if name not in page and not (name.startswith(covered) and name.count("/") > 2)
    ]


@pytest.mark.parametrize("page", _PAGES, ids=str)
def test_a_link_within_a_page_leads_to_a_heading(page: str) -> None:
    for target in _ANCHOR.findall((_ROOT / page).read_text(encoding="utf-8")):
        name, _, anchor = target.replace("-", " ").partition("#")
        text = ((_ROOT / page).parent / name if name else _ROOT / page).read_text(encoding="utf-8")
        headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
        assert anchor in {
            re.sub(r"[^\w -]", "", each).lower().replace(" ", "-") for each in headings
        }


def test_every_topic_is_a_page_and_the_readme_links_to_it() -> None:
    assert {path.stem for path in PAGES} == set(TOPICS)
    readme = (_ROOT / "README.md").read_text(encoding="utf-8")
    assert not [topic for topic in TOPICS if f"(tui_scheduler/manual/{topic}.md)" not in readme]


def test_the_front_page_is_short_and_has_the_two_commands() -> None:
    readme = (_ROOT / "README.md").read_text(encoding="utf-8")
    assert len(readme.splitlines()) <= 160
    clone = "\n    git clone ADDRESS-OF-THIS-REPOSITORY tui-scheduler && cd tui-scheduler\n"
    demo = "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/tui-scheduler --demo\n"
    tests = "python3 -m venv .venv && .venv/bin/pip install '.[test]' && .venv/bin/pytest\n"
    assert f"{clone}    {demo}" in readme
    assert readme.index(demo) < readme.index(f"    {tests}")


def test_a_release_knows_its_address(tmp_path: Path) -> None:
    for name in ("README.md", "pyproject.toml"):
        shutil.copy(_ROOT / name, tmp_path)
    home, tag = "https://forge.example/owner/tui-scheduler", "v1.2.3"
    script = _ROOT / ".github" / "give_address.py"
    subprocess.run([sys.executable, script, home, tag], cwd=tmp_path, check=True)
    readme = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert not _LINK.findall(readme)
    for line in (
        f"({home}/raw/{tag}/screenshots/tour.svg)",
        f"({home}/blob/{tag}/tui_scheduler/manual/promises.md)",
        f"git clone {home} tui-scheduler && cd tui-scheduler",
    ):
        assert line in readme
    before = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    after = tomllib.loads((tmp_path / "pyproject.toml").read_text(encoding="utf-8"))
    urls = after["project"].pop("urls")
    assert (urls["Source"], urls["Changelog"]) == (home, f"{home}/blob/{tag}/CHANGELOG.md")
    assert before == after


def test_the_manual_lists_every_variable_of_ours() -> None:
    named = re.compile(r'"(TUI_SCHEDULER_(?!COMPLETE)\w*[A-Z])"')
    sources = "".join(path.read_text(encoding="utf-8") for path in _PACKAGE.rglob("*.py"))
    listed = re.findall(r"^\| `(TUI_SCHEDULER_\w+)` \| ", page("files"), re.MULTILINE)
    assert set(named.findall(sources)) == set(listed)
