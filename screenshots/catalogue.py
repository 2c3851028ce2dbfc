"""The company whose jobs are in the pictures: its processes, their plans and how they usually end.

An outcome is one letter: s success, e error, k killed. The letters of a job are used one after
another, again and again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from tui_scheduler.models import MisfirePolicy
from tui_scheduler.schedules import DailyOption, Frequency, MonthlyOption, Plan, Timing, Weekday
from tui_scheduler.services.drafts import GroupDraft

ZONE = "Europe/Berlin"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Job:
    """A process with its request: ``days`` of history, each run as long as ``lasts``."""

    name: str
    command: str
    about: str
    request: str
    plan: Plan
    lasts: timedelta
    outcomes: str = "s"
    days: int = 1
    misfire: MisfirePolicy = MisfirePolicy.ONCE
    parameters: Mapping[str, str] = field(default_factory=dict)
    is_scheduled: bool = True


def _every(frequency: Frequency, start: datetime, **fields: object) -> Plan:
    known: dict[str, Any] = {
        "timing": Timing.SCHEDULE,
        "timezone": ZONE,
        "frequency": frequency,
        "start": start,
    }
    return Plan(**(known | fields))


def _cron(expression: str) -> Plan:
    return Plan(timing=Timing.SCHEDULE, timezone=ZONE, frequency=Frequency.CRON, cron=expression)


def _at(hour: int, minute: int, second: int = 0) -> datetime:
    return datetime.combine(date(2026, 3, 2), time(hour, minute, second))


JOBS = (
    Job(
        name="nightly-backup",
        command="restic backup /srv --tag nightly --exclude-caches",
        about="Encrypted, deduplicated copy of /srv",
        request="All servers, off-site",
        plan=_every(Frequency.DAILY, _at(2, 30)),
        lasts=timedelta(minutes=41, seconds=12, milliseconds=380),
        outcomes="sssssskssssss",
        days=14,
        parameters={"REPOSITORY": "s3:offsite", "KEEP_DAILY": "14"},
    ),
    Job(
        name="train-forecast",
        command="python -m forecast.train --epochs 40 --device cuda:0",
        about="Demand forecast for the next 14 days",
        request="Demand of the next two weeks",
        plan=_every(Frequency.DAILY, _at(14, 15), daily_option=DailyOption.WEEKDAYS),
        lasts=timedelta(minutes=38, seconds=4, milliseconds=117),
        outcomes="ssesssss",
        days=12,
        parameters={"REGION": "eu-central", "SEED": "7"},
    ),
    Job(
        name="search-index",
        command="./manage.py rebuild_index --workers 4",
        about="Full-text index of the shop",
        request="Shop, all languages",
        plan=_cron("31 * * * *"),
        lasts=timedelta(minutes=2, seconds=48, milliseconds=902),
        outcomes="ssssssssess",
        days=2,
    ),
    Job(
        name="sync-invoices",
        command="python -m billing.sync --since yesterday",
        about="Invoices from the shop to the ledger",
        request="Ledger of the day",
        plan=_cron("*/30 8-18 * * 1-5"),
        lasts=timedelta(seconds=47, milliseconds=260),
        outcomes="ssssssssssssssssssssesssssssssssses",
        days=2,
        misfire=MisfirePolicy.SKIP,
    ),
    Job(
        name="exchange-rates",
        command="curl -fsS https://rates.example.org/daily.xml | ./import-rates",
        about="Reference rates of the central bank",
        request="Reference rates, 16:15",
        plan=_every(Frequency.DAILY, _at(16, 15), daily_option=DailyOption.WEEKDAYS),
        lasts=timedelta(seconds=3, milliseconds=641),
        outcomes="sssssses",
        days=12,
    ),
    Job(
        name="heartbeat",
        command="curl -fsS https://status.example.org/ping/atlas",
        about="Tells the status page that we are alive",
        request="Status page",
        plan=_every(Frequency.MINUTELY, _at(0, 0, 20), interval=30),
        lasts=timedelta(milliseconds=184),
        misfire=MisfirePolicy.SKIP,
    ),
    Job(
        name="warm-cache",
        command="./warm.sh --depth 3 https://shop.example.org",
        about="Visits what customers visit first",
        request="Front page and categories",
        plan=_every(Frequency.MINUTELY, _at(0, 5), interval=15),
        lasts=timedelta(minutes=17, seconds=9, milliseconds=73),
        days=1,
    ),
    Job(
        name="weekly-report",
        command="./reports/weekly.sh | mail -s 'Weekly report' team@example.org",
        about="Sales, returns and stock of the week",
        request="Team, Monday morning",
        plan=_every(Frequency.WEEKLY, _at(7, 0), days=frozenset({Weekday.MON})),
        lasts=timedelta(minutes=1, seconds=22, milliseconds=512),
        days=21,
    ),
    Job(
        name="vacuum-database",
        command="psql app -c 'VACUUM (ANALYZE)'",
        about="Keeps the planner's statistics fresh",
        request="Shop database",
        plan=_every(
            Frequency.MONTHLY,
            _at(4, 0),
            monthly_option=MonthlyOption.FIRST,
            weekday=Weekday.SUN,
        ),
        lasts=timedelta(minutes=9, seconds=31, milliseconds=7),
        days=21,
    ),
    Job(
        name="renew-certs",
        command="certbot renew --quiet --deploy-hook 'systemctl reload nginx'",
        about="Renews what ends within 30 days",
        request="*.example.org",
        plan=_every(Frequency.MONTHLY, _at(3, 0), monthly_option=MonthlyOption.LAST_DAY),
        lasts=timedelta(seconds=12, milliseconds=44),
        is_scheduled=False,
    ),
)

GROUPS = (
    GroupDraft(
        name="close-the-books",
        description="What accounting waits for at the end of a month",
        members=("exchange-rates", "sync-invoices", "train-forecast", "weekly-report"),
        stop_on_failure=True,
    ),
    GroupDraft(
        name="spring-cleaning",
        description="Makes room, then looks whether all is still there",
        members=("vacuum-database", "search-index", "warm-cache", "heartbeat"),
    ),
)
