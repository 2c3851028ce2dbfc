"""What the pages for contributors name is there: a page that leads nowhere is worse than none."""

import re
from pathlib import Path

import pytest

_ROOT = Path(__file__).parent.parent
_PACKAGE = _ROOT / "tui_scheduler"
_QUOTED = re.compile(r"`([\w./]+(?:\.py|/))`")
_LINK = re.compile(r"\]\((?!http)([^)#]+)\)")


@pytest.mark.parametrize(
    "page", ["README.md", ".github/CONTRIBUTING.md", "tui_scheduler/README.md"], ids=str
)
def test_every_file_and_folder_that_a_page_names_is_there(page: str) -> None:
    text = (_ROOT / page).read_text(encoding="utf-8")
    places = [[_ROOT / name, _PACKAGE / name] for name in _QUOTED.findall(text)]
    places += [[(_ROOT / page).parent / target] for target in _LINK.findall(text)]
    assert places
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


def test_the_readme_lists_every_variable_of_ours() -> None:
    named = re.compile(r'"(TUI_SCHEDULER_(?!COMPLETE)\w*[A-Z])"')
    sources = "".join(path.read_text(encoding="utf-8") for path in _PACKAGE.rglob("*.py"))
    readme = (_ROOT / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `(TUI_SCHEDULER_\w+)` \| ", readme, re.MULTILINE)
    assert set(named.findall(sources)) == set(listed)
