"""A throw-away database with sample requests that show what the program can do.

It is filled through the same services as any other, so the samples are what a user could enter.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tui_scheduler.errors import Refused, SchedulerError
from tui_scheduler.file_systems import refuse_shared
from tui_scheduler.models import Overlap, database
from tui_scheduler.models.backend import open_database
from tui_scheduler.permissions import current_user
from tui_scheduler.schedules import DailyOption, Frequency, MonthlyOption, Plan, Timing, Weekday
from tui_scheduler.services import Services, services_on
from tui_scheduler.services.context import Context
from tui_scheduler.services.drafts import GroupDraft, ProcessDraft, RequestDraft
from tui_scheduler.settings import Settings

_MADRID = "Europe/Madrid"
_KILL_GRACE = timedelta(seconds=1)
_REMEDY = "Have it made on a disk of this machine: TMPDIR=/tmp tui-scheduler --demo"
_POLL = 0.05  # seconds
_LOOKS = 400  # until we give up waiting for everything to end

_PROGRESS = r"""i=0
while [ $i -le 40 ]; do
    bar=$(printf '%*s' $i '' | tr ' ' '#')
    printf '\r\033[36mdownloading\033[0m [%-40s] %3d%%' "$bar" $((i * 100 / 40))
    i=$((i + 1)); sleep 0.2
done
printf '\n\033[32mdone\033[0m\n'"""
_CHECKS = r'''for name in login basket payment invoice; do
    printf '\033[1m%-8s\033[0m \033[32mPASS\033[0m\n' "$name"; sleep 0.4
done
printf '%-8s \033[33mSLOW\033[0m  2.1 s\n' search
printf '\033[30;42m 5 checks, all is well on %s \033[0m\n' "$TARGET"'''
_IMPORT = r"""echo "reading orders.csv"; sleep 1
printf '\033[31merror:\033[0m line 4711: %s\n' "no such customer" >&2
exit 3"""
_TRANSCODE = r"""echo "transcoding holiday.mov"
for second in $(seq 1 45); do
    printf 'frame %5d  fps 24  time 00:00:%02d\n' $((second * 24)) "$second"; sleep 1
done"""

_FIGURES = ("extract", "clean", "load", "report")


def _processes() -> list[ProcessDraft]:
    return [
        *(
            ProcessDraft(name=name, command=f"echo {name}; sleep 4", overlap=Overlap.ALLOW)
            for name in _FIGURES
        ),
        ProcessDraft(name="heartbeat", command='echo "alive at $(date +%T)"'),
        ProcessDraft(
            name="download", command=_PROGRESS, description="A progress bar on a single line"
        ),
        ProcessDraft(name="smoke test", command=_CHECKS, environment={"TARGET": "production"}),
        ProcessDraft(
            name="import orders",
            command=_IMPORT,
            description="Always fails, and is tried again once",
            retries=1,
            retry_delay=timedelta(seconds=3),
        ),
        ProcessDraft(name="transcode", command=_TRANSCODE, overlap=Overlap.QUEUE),
        ProcessDraft(
            name="sync mirror",
            command="echo syncing; sleep 14; echo in sync",
            description="Takes longer than its interval, so every other run is skipped",
        ),
        ProcessDraft(
            name="hung query",
            command="echo 'waiting for a lock'; sleep 30",
            timeout=timedelta(seconds=8),
        ),
        ProcessDraft(name="disk report", command="df -h"),
        ProcessDraft(name="backup", command="echo 'packing'; sleep 5; echo 'packed 42 files'"),
    ]


@dataclass(frozen=True, slots=True)
class _Sample:
    """A request of the demo and how far it is taken: new, scheduled, then unscheduled."""

    draft: RequestDraft
    is_scheduled: bool = True
    is_unscheduled: bool = False
    is_triggered: bool = False


def seed(services: Services, zone: str, now: datetime) -> None:
    """Fill an empty database with samples that begin to run once somebody schedules it.

    ``zone`` is the time zone of most of them. Raises InvalidInput if it is unknown.
    """
    for process in _processes():
        services.processes.create(process)
    services.groups.create(
        GroupDraft(name="daily figures", description="One after the other", members=_FIGURES)
    )
    for sample in [*_busy_samples(zone), *_patient_samples(zone, now)]:
        request = services.requests.create(sample.draft)
        if sample.is_scheduled:
            services.requests.schedule(request.id)
        if sample.is_unscheduled:
            services.requests.unschedule(request.id)
        if sample.is_triggered:
            services.runs.trigger(request.id)


def _busy_samples(zone: str) -> list[_Sample]:
    """Requests that run within the first minute."""
    secondly, minutely = Frequency.SECONDLY, Frequency.MINUTELY
    immediate = Plan(timing=Timing.IMMEDIATE, timezone=zone)
    return [
        _Sample(_request("heartbeat", "A sign of life", zone, secondly, interval=3)),
        _Sample(_request("download", "Fetch the catalogue", zone, secondly, interval=20)),
        _Sample(_request("smoke test", "Is the shop well?", zone, secondly, interval=10)),
        _Sample(_request("import orders", "From the warehouse", zone, secondly, interval=15)),
        _Sample(_request("sync mirror", "Every other one", zone, secondly, interval=10)),
        _Sample(_request("daily figures", "Four in a row", zone, secondly, interval=30)),
        _Sample(_request("transcode", "Holiday videos", zone, minutely, repetitions=5)),
        _Sample(_request("hung query", "Runs into its timeout", zone, minutely)),
        _Sample(RequestDraft(process="disk report", plan=immediate, description="Just once")),
    ]


def _patient_samples(zone: str, now: datetime) -> list[_Sample]:
    """Requests that show the other kinds of plans, and every status."""
    today = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None, microsecond=0)
    evening = today.replace(hour=18, minute=30, second=0)
    soon = Plan(timing=Timing.LATER, timezone=zone, start=today + timedelta(seconds=90))
    far = Plan(timing=Timing.LATER, timezone=zone, start=evening + timedelta(days=2))
    working_days, last_day = DailyOption.WEEKDAYS, MonthlyOption.LAST_DAY
    daily, weekly, monthly = Frequency.DAILY, Frequency.WEEKLY, Frequency.MONTHLY
    night = _before_clock_change(now)
    following = Plan(timing=Timing.AFTER, timezone=zone, follows="backup")
    booting = Plan(timing=Timing.BOOT, timezone=zone, delay=timedelta(minutes=5))
    return [
        _Sample(_request("disk report", "By cron", zone, Frequency.CRON, cron="*/5 * * * *")),
        _Sample(
            _request("backup", "Across the clock change", _MADRID, daily, start=night),
            is_triggered=True,
        ),
        _Sample(
            _request("backup", "After work", zone, daily, start=evening, daily_option=working_days)
        ),
        _Sample(
            _request(
                "smoke test", "Month's end", zone, monthly, start=evening, monthly_option=last_day
            )
        ),
        _Sample(RequestDraft(process="backup", plan=soon, description="Once, in a moment")),
        _Sample(RequestDraft(process="disk report", plan=following, description="What it took")),
        _Sample(RequestDraft(process="sync mirror", plan=booting, description="At first")),
        _Sample(
            _request("transcode", "Paused for now", zone, weekly, start=evening, days=_WEEKEND),
            is_unscheduled=True,
        ),
        _Sample(
            RequestDraft(process="import orders", plan=far, description="Not scheduled yet"),
            is_scheduled=False,
        ),
    ]


_WEEKEND = frozenset({Weekday.SAT, Weekday.SUN})


def _request(
    process: str, description: str, zone: str, frequency: Frequency, **fields: Any
) -> RequestDraft:
    plan = Plan(timing=Timing.SCHEDULE, timezone=zone, frequency=frequency, **fields)
    return RequestDraft(process=process, plan=plan, description=description)


def _before_clock_change(now: datetime) -> datetime:
    """02:30 in Madrid, the night before the clocks are next put forward or back."""
    local = now.astimezone(ZoneInfo(_MADRID)).replace(hour=2, minute=30, second=0, microsecond=0)
    for _ in range(366):
        following = local + timedelta(days=1)
        if local.replace(hour=12).utcoffset() != following.replace(hour=12).utcoffset():
            break
        local = following
    return local.replace(tzinfo=None)


@contextmanager
def throw_away(settings: Settings, zone: str, now: datetime) -> Iterator[Settings]:
    """Settings of a filled database in a folder of its own.

    Nobody is told of what fails in it, unless that is asked for. At the end everything it started
    is stopped, and the folder removed once nothing is left.
    """
    folder = Path(tempfile.mkdtemp(prefix="tui-scheduler-demo-"))
    own = replace(
        settings,
        database=folder / "demo.db",
        spelled=None,
        kill_grace=_KILL_GRACE,
        notifying=replace(settings.notifying, by_default=()),
        is_demo=True,
    )
    try:
        refuse_shared(own.database, _REMEDY)
        with open_database(own.database), database.atomic():  # one commit is enough
            seed(services_on(Context(log_folder=own.log_folder, actor=current_user())), zone, now)
        yield own
    finally:
        if _stopped(own):
            shutil.rmtree(folder, ignore_errors=True)


def _stopped(settings: Settings) -> bool:
    """Stop everything that runs; returns whether nothing is left."""
    if not settings.lock_file.exists():  # nobody ever scheduled it
        return True
    try:
        with open_database(settings.database):
            services = services_on(Context(log_folder=settings.log_folder, actor=current_user()))
            with suppress(Refused):
                services.controls.hold()
            for run in services.runs.open():
                services.runs.kill(run.id, force=True)
            if not services.runs.open():
                return True
        return asyncio.run(_all_ended(settings))
    except SchedulerError:
        return False


async def _all_ended(settings: Settings) -> bool:
    """Wait for what was asked to stop; returns whether all of it did in time."""
    from tui_scheduler.runtime import open_runtime

    async with open_runtime(settings) as runtime:
        for _ in range(_LOOKS):
            if not await runtime.read(runtime.services.runs.open):
                return True
            await asyncio.sleep(_POLL)
    return False
