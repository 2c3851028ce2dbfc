"""Killing schedulers between the end of a run and that somebody is told of it."""

import json
import os
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.chaos.victims.points import NOTICE_POINTS, Death
from tests.chaos.victims.victim import Victim
from tests.chaos.world import Deaths
from tests.engine.notices.server import WebServer, web_server
from tests.services.drafts import IMMEDIATE
from tui_scheduler.models import Overlap, RunStatus
from tui_scheduler.models.sqlite import open_database
from tui_scheduler.services import Services, services_on
from tui_scheduler.services.context import Context
from tui_scheduler.services.drafts import ProcessDraft, RequestDraft
from tui_scheduler.services.notices.outbox import Notices
from tui_scheduler.services.queries.runs.filter import RunFilter
from tui_scheduler.services.views.notices import NoticeState
from tui_scheduler.services.views.runs import RunView

_PATIENCE = 5.0  # seconds until one that does not reach its point is killed all the same
_FAILURES = 3  # of each life
_LOOK = 0.05
_PROCESS = "fails"
_ALL = 100_000
_AT_ANY_INSTANT = "any instant"


class Telling:
    """A database whose runs fail, and a server that is to be told of each of them."""

    def __init__(self, folder: Path, server: WebServer) -> None:
        self._database = folder / "scheduler.db"
        self._server = server
        context = Context(log_folder=folder / "scheduler.db.logs", actor="ann")
        self._services: Services = services_on(context)
        self._arrivals: Counter[str] = Counter()

    def kill(self, times: int, chance: random.Random) -> Deaths:
        """Let runs fail, and whoever schedules die at a point, or at any instant, and so on."""
        deaths = Deaths()
        points = [*NOTICE_POINTS, None]
        for number in range(times):
            self._fail(_FAILURES)
            point = points[number % len(points)]
            death = Death(point or "", chance.randint(1, _FAILURES))
            with Victim(self._database, death) as victim:
                victim.until_it_schedules()
                life = chance.uniform(0, 1) if point is None else _PATIENCE
                died = victim.until_it_is_dead(life)
            deaths.count(point if point is not None and died else _AT_ANY_INSTANT)
        return deaths

    def settle(self) -> list[str]:
        """Let a scheduler tell what is left in peace; returns what is wrong then."""
        outbox = Notices(self._services.context)
        with Victim(self._database) as victim:
            victim.until_it_schedules()
            while self._is_busy() or outbox.next_try() is not None:
                assert not victim.until_it_is_dead(_LOOK), victim.stderr
            assert victim.stop() == 0
        notices = outbox.latest(_ALL)
        made = Counter(notice.run_id for notice in notices)
        failed = [run.id for run in self._runs() if run.status is RunStatus.ERROR]
        arrivals = self._keys()
        known = {notice.key for notice in notices}
        return [
            *(
                f"run {run_id} failed and {made[run_id]} notices say so"
                for run_id in failed
                if made[run_id] != 1
            ),
            *(
                f"{notice} was not sent"
                for notice in notices
                if notice.state is not NoticeState.SENT
            ),
            *(f"{notice} did not arrive" for notice in notices if not arrivals[notice.key]),
            *(f"{key} arrived, and is no notice" for key in arrivals if key not in known),
        ]

    @property
    def doubles(self) -> int:
        """How often something arrived that had arrived before."""
        return sum(count - 1 for count in self._keys().values())

    def _fail(self, count: int) -> None:
        """Have so many runs fail, each of a request of its own, so that each is to be told."""
        for _ in range(count):
            draft = RequestDraft(process=_PROCESS, plan=IMMEDIATE)
            self._services.requests.schedule(self._services.requests.create(draft).id)

    def prepare(self) -> None:
        """Add what fails."""
        draft = ProcessDraft(name=_PROCESS, command="exit 1", overlap=Overlap.ALLOW)
        self._services.processes.create(draft)

    def _keys(self) -> Counter[str]:
        for posted in self._server.got():
            facts = json.loads(posted.body)
            self._arrivals.update(each["id"] for each in facts.get("notices", [facts]))
        return self._arrivals

    def _is_busy(self) -> bool:
        """Whether anything runs, or is to run; in this order, as what is due becomes a run."""
        is_anything_due = self._services.dispatch.next_wakeup() is not None
        return is_anything_due or any(run.is_open for run in self._runs())

    def _runs(self) -> list[RunView]:
        return self._services.runs.latest(RunFilter(), _ALL)


@contextmanager
def a_telling(folder: Path) -> Iterator[Telling]:
    """A database, a server, and the configuration that schedulers find, as long as it lasts."""
    with web_server() as server, open_database(folder / "scheduler.db"):
        config = folder / "config" / "tui-scheduler" / "config.toml"
        config.parent.mkdir(parents=True)
        config.write_text(f'notify = ["hook"]\n[receiver.hook]\nwebhook = "{server.address}/"\n')
        before = os.environ.get(_CONFIG)
        os.environ[_CONFIG] = str(folder / "config")
        try:
            telling = Telling(folder, server)
            telling.prepare()
            yield telling
        finally:
            os.environ.pop(_CONFIG)
            if before is not None:
                os.environ[_CONFIG] = before


_CONFIG = "XDG_CONFIG_HOME"
