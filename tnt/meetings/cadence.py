"""Whether a committee meets as often as it must, and on which day it could meet next. Pure.

The orientation committee meets once a semester, the coordination committee once a quarter (003: « de manière
bi-annuelle », « trimestriellement »). Compliance is followed from a day set per committee; a session held
before that day still shows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from tnt.core.errors import N_
from tnt.meetings.rules import MeetingState
from tnt.programme import days
from tnt.programme.days import Zone
from tnt.programme.rules import Every, Period, period_of, periods_between

YEARS_BEFORE = 2  # the strip shows this year and the two before
SUGGESTIONS = 6
IDEAL_LEAD_DAYS = 42  # the secretary's six weeks
_TUESDAY_TO_THURSDAY = (1, 2, 3)
_HELD = frozenset({MeetingState.ADJOURNED, MeetingState.CLOSED})
_AHEAD = frozenset({MeetingState.PLANNED, MeetingState.CONVENED})


class CadenceState(StrEnum):
    """What became of a period."""

    NOT_FOLLOWED = "not_followed"
    HELD = "held"
    PLANNED = "planned"
    DUE = "due"  # the period runs, nothing is planned, there is time
    LATE = "late"  # less than the notice delay remains, nothing is planned
    MISSED_EXPLAINED = "missed_explained"
    MISSED = "missed"  # its reason is still to be recorded
    FUTURE = "future"


@dataclass(frozen=True, slots=True)
class Pace:
    """What a committee is held to: how often, from when, with how many days' notice."""

    every: Every
    followed_from: date
    notice_days: int


@dataclass(frozen=True, slots=True)
class MeetingFact:
    """A meeting as the cadence sees it; an extraordinary one does not count."""

    id: int
    day: date
    state: MeetingState
    ordinary: bool = True


@dataclass(frozen=True, slots=True)
class PeriodState:
    """A period, what became of it, the meeting that says so, and why it was missed."""

    period: Period
    state: CadenceState
    meeting_id: int | None = None
    meeting_day: date | None = None
    reason: str = ""


def cadence(
    pace: Pace, meetings: Iterable[MeetingFact], missed: Mapping[str, str], today: date
) -> list[PeriodState]:
    """Every period of this year and the two before, and the next one when a meeting is planned in it.

    `missed` gives the recorded reason of a period by its code.
    """
    counted = sorted((each for each in meetings if each.ordinary), key=lambda each: each.day)
    last = period_of(date(today.year, 12, 31), pace.every)
    ahead = last.shift(1)
    if any(ahead.contains(each.day) and each.state in _AHEAD for each in counted):
        last = ahead
    shown = periods_between(date(today.year - YEARS_BEFORE, 1, 1), last.last_day, pace.every)
    return [state_of(period, pace, counted, missed, today) for period in shown]


def state_of(
    period: Period, pace: Pace, meetings: Iterable[MeetingFact], missed: Mapping[str, str], today: date
) -> PeriodState:
    """What became of one period."""
    meeting = _meeting_that_counts([each for each in meetings if period.contains(each.day)], today)
    if meeting is not None:
        held = meeting.state in _HELD
        return PeriodState(
            period, CadenceState.HELD if held else CadenceState.PLANNED, meeting.id, meeting.day
        )
    if period.last_day < pace.followed_from:
        return PeriodState(period, CadenceState.NOT_FOLLOWED)
    if period.last_day < today:
        reason = missed.get(period.code, "")
        state = CadenceState.MISSED_EXPLAINED if reason else CadenceState.MISSED
        return PeriodState(period, state, reason=reason)
    if today < period.first_day:
        return PeriodState(period, CadenceState.FUTURE)
    late = today + timedelta(days=pace.notice_days) > period.last_day
    return PeriodState(period, CadenceState.LATE if late else CadenceState.DUE)


def _meeting_that_counts(meetings: list[MeetingFact], today: date) -> MeetingFact | None:
    """A held meeting first; else one in session or still to come. A day that passed unheld is none."""
    for each in meetings:
        if each.state in _HELD:
            return each
    for each in meetings:
        if each.state is MeetingState.IN_SESSION or (each.state in _AHEAD and each.day >= today):
            return each
    return None


def next_to_plan(pace: Pace, meetings: Iterable[MeetingFact], today: date, horizon: int = 8) -> Period | None:
    """The running period, or the first one after it, in which no meeting is held or planned."""
    facts = [each for each in meetings if each.ordinary]
    period = period_of(today, pace.every)
    for _ in range(horizon):
        state = state_of(period, pace, facts, {}, today).state
        if state not in {CadenceState.HELD, CadenceState.PLANNED}:
            return period
        period = period.shift(1)
    return None


class WarningKind(StrEnum):
    """Why a suggested day may not suit."""

    SHORT_NOTICE = "short_notice"
    SCHOOL_HOLIDAYS = "school_holidays"
    SCHOOL_UNKNOWN = "school_unknown"
    OTHER_COMMITTEE = "other_committee"


WARNING_WORDS = {
    WarningKind.SHORT_NOTICE: N_("le délai de convocation n’est pas tenu"),
    WarningKind.SCHOOL_HOLIDAYS: N_("vacances scolaires, zones %(zones)s"),
    WarningKind.SCHOOL_UNKNOWN: N_("calendrier scolaire inconnu à cette date"),
    WarningKind.OTHER_COMMITTEE: N_("un autre comité siège ce jour-là"),
}
# an unknown calendar is said, but a day is not worse for it
_WEIGHT = {
    WarningKind.SHORT_NOTICE: 8,
    WarningKind.OTHER_COMMITTEE: 4,
    WarningKind.SCHOOL_HOLIDAYS: 2,
    WarningKind.SCHOOL_UNKNOWN: 0,
}


@dataclass(frozen=True, slots=True)
class DayWarning:
    """A reason to think twice, with the zones of school holidays."""

    kind: WarningKind
    zones: tuple[Zone, ...] = ()

    @property
    def message(self) -> str:
        """The message id of the sentence."""
        return WARNING_WORDS[self.kind]

    @property
    def params(self) -> Mapping[str, object]:
        """The parameters of the sentence."""
        return {"zones": ", ".join(self.zones)} if self.zones else {}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A day on which the committee could meet."""

    day: date
    warnings: tuple[DayWarning, ...] = ()

    @property
    def weight(self) -> int:
        """How much speaks against it; 0 is a good day."""
        edge = 0 if self.day.weekday() in _TUESDAY_TO_THURSDAY else 1
        return edge + sum(_WEIGHT[each.kind] for each in self.warnings)


def warnings_on(
    day: date, *, today: date, notice_days: int, taken: Collection[date]
) -> tuple[DayWarning, ...]:
    """What speaks against that day: notice, another committee, school holidays, an unknown calendar."""
    found = []
    if day < today + timedelta(days=notice_days):
        found.append(DayWarning(WarningKind.SHORT_NOTICE))
    if day in taken:
        found.append(DayWarning(WarningKind.OTHER_COMMITTEE))
    zones = days.school_holidays_on(day)
    if zones is None:
        found.append(DayWarning(WarningKind.SCHOOL_UNKNOWN))
    elif zones:
        found.append(DayWarning(WarningKind.SCHOOL_HOLIDAYS, tuple(sorted(zones))))
    return tuple(found)


def suggest_dates(
    period: Period, *, today: date, notice_days: int, taken: Collection[date] = (), limit: int = SUGGESTIONS
) -> list[Suggestion]:
    """Days of a period on which the committee could meet: at most one a week, the best, in order.

    Never on a week-end or a public holiday; on the days that keep the notice delay, unless none is left;
    from Tuesday to Thursday where possible; near the secretary's six weeks when there is a choice.
    `taken`: the days on which another committee sits.
    """
    candidates = _candidates(period, today, notice_days, taken)
    ideal = max(today + timedelta(days=IDEAL_LEAD_DAYS), period.first_day)
    best_of_week: dict[tuple[int, int], Suggestion] = {}
    for each in candidates:
        week = each.day.isocalendar()[:2]
        known = best_of_week.get(week)
        if known is None or each.weight < known.weight:
            best_of_week[week] = each
    nearest = sorted(best_of_week.values(), key=lambda each: (each.weight, abs((each.day - ideal).days)))
    return sorted(nearest[:limit], key=lambda each: each.day)


def _candidates(period: Period, today: date, notice_days: int, taken: Collection[date]) -> list[Suggestion]:
    first = max(period.first_day, today + timedelta(days=1))
    every = [first + timedelta(days=n) for n in range((period.last_day - first).days + 1)]
    open_days = [
        Suggestion(day, warnings_on(day, today=today, notice_days=notice_days, taken=taken))
        for day in every
        if days.is_working_day(day)
    ]
    in_time = [
        each
        for each in open_days
        if all(warning.kind is not WarningKind.SHORT_NOTICE for warning in each.warnings)
    ]
    return in_time or open_days
