"""The manual: a page of Markdown for each topic, beside this file.

The same pages are read on the repository, by ``tui-scheduler help``, on the screen, and as a man
page; so a link leads to a page beside it, or to what only the repository has.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

from tui_scheduler.errors import NotFound

TOPICS = {
    "screens": "what each screen shows, its keys, and the page in a browser",
    "plans": "when it runs: words, clock changes, missed fires, overlap, locks",
    "parameters": "what a command is given, and secrets",
    "python": "callables in an interpreter of choice",
    "groups": "processes one after the other",
    "notices": "who is told when something fails",
    "clusters": "runs on Slurm",
    "files": "where everything lies, the configuration, the environment",
    "moving": "from cron and systemd, schedules in git, backups",
    "commands": "the command line, names, exit codes, staying",
    "containers": "serve as process 1",
    "promises": "what holds, whatever is killed",
    "questions": "closing the window, sleep, root, data, uninstalling",
}
"""The topics in the order in which they are best read, and what each is about."""

_FOLDER = Path(__file__).parent


def page(topic: str) -> str:
    """Returns the Markdown of ``topic``; raises NotFound with the names that are near."""
    if topic not in TOPICS:
        raise missing_topic(topic)
    return (_FOLDER / f"{topic}.md").read_text(encoding="utf-8")


def title(topic: str) -> str:
    """Returns the heading of the page."""
    return page(topic).partition("\n")[0].removeprefix("# ")


def topic_of(link: str) -> str | None:
    """Returns the topic that a link of a page leads to; None for what is no page of the manual."""
    name = link.partition("#")[0].removesuffix(".md")
    return name if name in TOPICS else None


def missing_topic(word: str, commands: Iterable[str] = ()) -> NotFound:
    """Returns what to raise for a ``word`` that is no topic, and none of ``commands``.

    It names those that may have been meant: spelt alike, or about that.
    """
    about = [
        name for name in TOPICS if word.casefold() in f"{title(name)} {TOPICS[name]}".casefold()
    ]
    near = dict.fromkeys([*get_close_matches(word, [*TOPICS, *commands]), *about])
    meant = f" Near: {', '.join(near)}." if near else ""
    return NotFound(f"There is no topic or command {word!r}.{meant} All topics: tui-scheduler help")
