"""What the request form holds, as its fields show it, and what that means as a plan.

Everything about the form that is not a widget: which fields a choice asks for, how their text is
read, and how a stored request is shown again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from tui_scheduler.errors import Problem
from tui_scheduler.models import MisfirePolicy
from tui_scheduler.schedules import (
    DailyOption,
    Frequency,
    MonthlyOption,
    Outcome,
    Plan,
    Timing,
    Weekday,
    parse_exceptions,
)
from tui_scheduler.schedules.exceptions import NOTHING
from tui_scheduler.schedules.plan import EVERY_MONTH_HAS
from tui_scheduler.services.drafts import RequestDraft
from tui_scheduler.tui.screens.forms.field_text import (
    Reader,
    read_duration,
    read_moment,
    read_variables,
    read_whole,
    show_duration,
    show_moment,
    show_variables,
    show_whole,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestValues:
    """The content of every field, also of those that are hidden at the moment."""

    timezone: str
    process: str = ""
    description: str = ""
    when: str = ""
    timing: Timing = Timing.IMMEDIATE
    follows: str = ""
    outcome: Outcome = Outcome.SUCCESS
    delay: str = ""
    frequency: Frequency = Frequency.DAILY
    interval: str = "1"
    daily_option: DailyOption = DailyOption.EVERY_N_DAYS
    days: frozenset[Weekday] = frozenset()
    monthly_option: MonthlyOption = MonthlyOption.FIRST
    weekday: Weekday = Weekday.MON
    day: str = "1"
    or_last_day: bool = False
    cron: str = ""
    start: str = ""
    finish: str = ""
    repetitions: str = ""
    spread: str = ""
    except_: str = ""
    misfire: MisfirePolicy = MisfirePolicy.ONCE
    misfire_limit: str = ""
    silent_after: str = ""
    parameters: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ParsedForm:
    """What the fields mean; ``problems`` names those whose text cannot be read.

    The draft holds a neutral value in the place of such a field, so that the others can be judged.
    """

    draft: RequestDraft
    problems: tuple[Problem, ...] = ()


PLAN_FIELDS = tuple(item.name for item in fields(Plan) if item.compare)
"""The names of the fields that show the plan."""


@dataclass(frozen=True, slots=True)
class SpokenPlan:
    """A plan that was said in words, in the zone that was chosen before there were any."""

    words: str
    zone: str
    plan: Plan


@dataclass(frozen=True, slots=True)
class EditedRequest:
    """The one value that the form edits: what all fields hold, and the plan if words say it.

    The words in the field *When* and the fields of the plan are two editors of it. Words that are
    parsed say the plan and the fields show it; a plan field that is changed by hand drops the
    words, and from then on the fields say the plan.
    """

    values: RequestValues
    spoken: SpokenPlan | None = None

    @property
    def words(self) -> str:
        """The words in *When*."""
        return self.values.when.strip()

    @property
    def says_plan(self) -> bool:
        """Whether the words were parsed, so that the plan is what they say."""
        return self.spoken is not None and self.spoken.words == self.words

    @property
    def zone(self) -> str:
        """The zone in which words are said."""
        return self.values.timezone if self.spoken is None else self.spoken.zone

    def changed(self, values: RequestValues) -> "EditedRequest":
        """Returns the request after a hand changed what the fields hold to ``values``."""
        words = values.when.strip()
        if words != self.words:
            return EditedRequest(values, self.spoken if words else None)
        if _plan_values(values) != _plan_values(self.values):
            return EditedRequest(replace(values, when=""))
        return replace(self, values=values)

    def with_spoken_plan(self, plan: Plan, values: RequestValues) -> "EditedRequest":
        """Returns the request when its words mean ``plan``, which the fields show in ``values``."""
        return EditedRequest(values, SpokenPlan(self.words, self.zone, plan))

    def read(self, now: datetime) -> ParsedForm:
        """Returns what it means; a time alone in a field means the day of ``now``."""
        reading = read(self.values, now)
        if self.spoken is None or not self.says_plan:
            return reading
        others = (problem for problem in reading.problems if problem.field not in PLAN_FIELDS)
        return ParsedForm(replace(reading.draft, plan=self.spoken.plan), tuple(others))


def plan_fields(plan: Plan) -> dict[str, Any]:
    """Returns what each field of the plan holds to show ``plan``."""
    return _plan_values(values_of(RequestDraft(process="", plan=plan)))


def _plan_values(values: RequestValues) -> dict[str, Any]:
    return {name: getattr(values, name) for name in PLAN_FIELDS}


_Asked = frozenset[str]
_ALWAYS: _Asked = frozenset({"process", "description", "when", "timing", "parameters"})
_STEPPED: _Asked = frozenset({"interval"})
_ON_A_WEEKDAY: _Asked = frozenset({"weekday"})
_IN_SHORT_MONTHS: _Asked = frozenset({"or_last_day"})
_UP_TO: _Asked = frozenset({"misfire_limit"})
_SILENCE: _Asked = frozenset({"silent_after"})

# A choice can only ask for fields further down, so one pass from top to bottom finds them all.
_ASKED_BY: Mapping[str, Mapping[str, _Asked]] = {
    "timing": {
        Timing.LATER: frozenset({"start", "spread", "except_", "timezone"} | _SILENCE),
        Timing.SCHEDULE: frozenset(
            {
                *{"frequency", "start", "finish", "repetitions", "spread", "except_", "timezone"},
                *{"misfire", *_SILENCE},
            }
        ),
        Timing.BOOT: frozenset({"delay", "except_", "timezone"} | _UP_TO | _SILENCE),
        Timing.AFTER: frozenset(
            {"follows", "outcome", "start", "finish", "repetitions", "except_", "timezone"}
            | {"misfire"}
            | _SILENCE
        ),
    },
    "frequency": {
        Frequency.SECONDLY: _STEPPED,
        Frequency.MINUTELY: _STEPPED,
        Frequency.HOURLY: _STEPPED,
        Frequency.DAILY: frozenset({"daily_option"}),
        Frequency.WEEKLY: frozenset({"interval", "days"}),
        Frequency.MONTHLY: frozenset({"monthly_option"}),
        Frequency.CRON: frozenset({"cron"}),
    },
    "daily_option": {DailyOption.EVERY_N_DAYS: frozenset({"interval"})},
    "misfire": {
        MisfirePolicy.ONCE: _UP_TO,
        MisfirePolicy.ALL: _UP_TO,
    },
    "monthly_option": {
        MonthlyOption.FIRST: _ON_A_WEEKDAY,
        MonthlyOption.SECOND: _ON_A_WEEKDAY,
        MonthlyOption.THIRD: _ON_A_WEEKDAY,
        MonthlyOption.FOURTH: _ON_A_WEEKDAY,
        MonthlyOption.LAST: _ON_A_WEEKDAY,
        MonthlyOption.SPECIFIC: frozenset({"day"}),
    },
    "day": {str(day): _IN_SHORT_MONTHS for day in range(EVERY_MONTH_HAS + 1, 32)},
}


def asked(values: RequestValues) -> frozenset[str]:
    """The names of the fields that the choices made so far ask for."""
    names = _ALWAYS
    for choice, asked_by in _ASKED_BY.items():
        if choice in names:
            names |= asked_by.get(str(getattr(values, choice)).strip(), frozenset())
    return names


def values_of(draft: RequestDraft) -> RequestValues:
    """The fields as they show ``draft``; what it does not use is filled in as in a new one."""
    plan = draft.plan
    new = RequestValues(timezone=plan.timezone)
    return RequestValues(
        timezone=plan.timezone,
        process=draft.process,
        description=draft.description,
        timing=plan.timing,
        follows=plan.follows or "",
        outcome=plan.outcome,
        delay=show_duration(plan.delay),
        frequency=plan.frequency or new.frequency,
        interval=show_whole(plan.interval),
        daily_option=plan.daily_option,
        days=plan.days,
        monthly_option=plan.monthly_option or new.monthly_option,
        weekday=new.weekday if plan.weekday is None else plan.weekday,
        day=new.day if plan.day is None else show_whole(plan.day),
        or_last_day=plan.or_last_day,
        cron=plan.cron or "",
        start=show_moment(plan.start, plan.timezone),
        finish=show_moment(plan.finish, plan.timezone),
        repetitions=show_whole(plan.repetitions),
        spread=show_duration(plan.spread),
        except_=str(plan.except_),
        misfire=draft.misfire,
        misfire_limit=show_duration(draft.misfire_limit),
        silent_after=show_duration(draft.silent_after),
        parameters=show_variables(draft.parameters),
    )


def read(values: RequestValues, now: datetime) -> ParsedForm:
    """The draft that the fields describe; a time alone means the day of ``now``."""
    reader = Reader()
    limit = values.misfire_limit if "misfire_limit" in asked(values) else ""
    silence = reader if "silent_after" in asked(values) else Reader()  # nobody sees it there
    draft = RequestDraft(
        process=values.process,
        plan=_read_plan(values, reader, now),
        description=values.description,
        parameters=reader.read("parameters", values.parameters, read_variables, {}),
        misfire=values.misfire,
        misfire_limit=reader.read("misfire_limit", limit, read_duration, None),
        silent_after=silence.read("silent_after", values.silent_after, read_duration, None),
    )
    return ParsedForm(draft, tuple(reader.problems))


def _read_plan(values: RequestValues, reader: Reader, now: datetime) -> Plan:
    """The plan, made only of fields that are asked for: the text of hidden ones is not read."""
    names = asked(values)

    def whole(name: str, empty: int | None) -> int | None:
        text = getattr(values, name) if name in names else ""
        return reader.read(name, text, read_whole, empty)

    def wall(name: str) -> datetime | None:
        text = getattr(values, name) if name in names else ""
        moment = read_moment(values.timezone, now, is_finish=name == "finish")
        return reader.read(name, text, moment, None)

    spread = values.spread if "spread" in names else ""
    return Plan(
        timing=values.timing,
        timezone=values.timezone,
        start=wall("start"),
        frequency=values.frequency if "frequency" in names else None,
        interval=whole("interval", 1) or 0,
        repetitions=whole("repetitions", None),
        daily_option=values.daily_option,
        days=values.days if "days" in names else frozenset(),
        monthly_option=values.monthly_option if "monthly_option" in names else None,
        weekday=values.weekday if "weekday" in names else None,
        day=whole("day", None),
        or_last_day=values.or_last_day and "or_last_day" in names,
        cron=(values.cron.strip() or None) if "cron" in names else None,
        finish=wall("finish"),
        delay=reader.read("delay", values.delay if "delay" in names else "", read_duration, None),
        follows=(values.follows or None) if "follows" in names else None,
        outcome=values.outcome if "outcome" in names else Outcome.SUCCESS,
        spread=reader.read("spread", spread, read_duration, None),
        except_=reader.read(
            "except_", values.except_ if "except_" in names else "", parse_exceptions, NOTHING
        ),
    )
