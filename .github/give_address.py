"""Write where the project lives into what is about to be released.

A package index shows the front page alone: its links and pictures, and the `git clone` line, need
the address of the repository, which only who publishes it knows. Run it in a checkout that is built
and thrown away:

    python .github/give_address.py https://forge.example/owner/tui-scheduler v0.2.0
"""

import re
import sys
from pathlib import Path

_PLACEHOLDER = "ADDRESS-OF-THIS-REPOSITORY"
_RELATIVE = re.compile(r"(!?)(\[[^\]]*\])\((?!https?:|#)([^)]+)\)")
_URLS = """
[project.urls]
Homepage = "{home}"
Documentation = "{home}/tree/{tag}/tui_scheduler/manual"
Changelog = "{home}/blob/{tag}/CHANGELOG.md"
Issues = "{home}/issues"
Source = "{home}"
"""


def main(home: str, tag: str) -> None:
    """Change README.md and pyproject.toml in this folder."""

    def absolute(link: re.Match[str]) -> str:
        is_picture, text, path = link.groups()
        return f"{is_picture}{text}({home}/{'raw' if is_picture else 'blob'}/{tag}/{path})"

    readme, project = Path("README.md"), Path("pyproject.toml")
    page = readme.read_text(encoding="utf-8").replace(_PLACEHOLDER, home)
    readme.write_text(_RELATIVE.sub(absolute, page), encoding="utf-8")
    settings = project.read_text(encoding="utf-8")
    head, table, rest = settings.partition("\n[project.scripts]\n")
    project.write_text(head + _URLS.format(home=home, tag=tag) + table + rest, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
