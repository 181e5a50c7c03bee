"""Reviewing hours: what waits by shift, what it would bring, one tap to verify, a reason for everything else."""

from functools import partial
from itertools import zip_longest
from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from checkin import awards, board, correcting, on_call, rules, sharing, verification
from checkin.awards import Award
from checkin.card_flags import card_flags
from checkin.hours_models import AwardRule
from checkin.models import Attendance, AttendanceState, Shift
from kernel import days
from kernel.errors import DomainError
from people import roster
from people.permissions import Viewer
from web import entered, i18n
from web.asking import Verifier
from web.entered import Prose
from web.fields import Id, Typed
from web.hour_lines import Line
from web.i18n import gettext
from web.render import page, redirect
from web.rule_words import PROVENANCE, stopped_words
from web.sharing_words import flag_words
from web.shift_times import moment_near
from web.witness_words import ABOUT, card_flag_words, served_words, witness_words

router = APIRouter(include_in_schema=False)
AT_ONCE = 200


class TimesForm(BaseModel):
    """What was typed to put times right."""

    came: Typed = ""
    left: Typed = ""
    rest_from: list[Typed] = []
    rest_to: list[Typed] = []
    because: Prose = ""

    @property
    def breaks(self) -> list[tuple[str, str]]:
        """Return each break as it was typed, from and to."""
        return list(zip_longest(self.rest_from, self.rest_to, fillvalue=""))


@router.get("/verifications")
async def to_review(request: Request, viewer: Verifier) -> Response:
    """Show the hours that wait, by shift."""
    return await _list_page(request, viewer, {})


@router.post("/verifications")
async def verify_several(
    request: Request, viewer: Verifier, attendance: Annotated[list[Id] | None, Form()] = None
) -> Response:
    """Verify many at once; each line gets its own answer."""
    ids = (attendance or [])[:AT_ONCE]
    answers = await verification.verify_all(viewer.book_id, ids, viewer.person_id)
    return await _list_page(request, viewer, {each.attendance_id: each for each in answers})


async def _list_page(
    request: Request, viewer: Viewer, answers: dict[int, verification.Answer]
) -> Response:
    waiting = await board.to_verify(viewer.book_id)
    shifts: dict[int, list[Attendance]] = {}
    for row in waiting:
        shifts.setdefault(row.shift_id, []).append(row)
    known = await roster.memberships(viewer.book_id, {row.person_id for row in waiting})
    shared = await sharing.sharing_at(viewer.book_id, list(shifts))
    flags = await card_flags(viewer.book_id, [row.id for row in waiting if row.shift.on_call])
    flags |= {each: one.flag for each, one in shared.items() if one.flag}
    served = await on_call.errands_of(viewer.book_id, _on_call(waiting))
    brings = await rules.of_shifts(viewer.book_id, [rows[0].shift for rows in shifts.values()])
    groups = []
    for shift_id, rows in shifts.items():
        rule = brings[shift_id]
        lines = [
            Line(
                row,
                known.get(row.person_id),
                _worth(row, rule),
                row.person_id == viewer.person_id,
                flags.get(row.id, ""),
                served_words(served.get(shift_id)),
            )
            for row in rows
        ]
        groups.append((rows[0].shift, _day(viewer, rows[0].shift), rule, lines))
    done = [each.verified for each in answers.values() if each.verified]
    return page(
        request,
        "verifications/list.html",
        zone=viewer.zone,
        groups=groups,
        clean=[line.row.id for *_, lines in groups for line in lines if line.is_clean],
        answers=answers,
        done=done,
        late=_late_words(done),
        provenance=PROVENANCE,
        flag_words=flag_words() | card_flag_words(),
    )


@router.get("/verifications/{attendance_id}")
async def review(request: Request, viewer: Verifier, attendance_id: Id) -> Response:
    """Show one attendance with everything that can be done about it."""
    return await one_page(request, viewer, attendance_id)


@router.post("/attendances/{attendance_id}/verification")
async def verify(request: Request, viewer: Verifier, attendance_id: Id) -> Response:
    """Verify one attendance."""
    try:
        done = await verification.verify(viewer.book_id, attendance_id, viewer.person_id)
    except entered.REFUSALS as refusal:
        return await one_page(request, viewer, attendance_id, refusal=refusal)
    said = gettext("Verified: %(hours)s, %(points)s points.")
    figures = {"hours": i18n.hours(done.minutes), "points": i18n.points(done.points)}
    return redirect(request, "/verifications", f"{said % figures} {_late_words([done])}".rstrip())


def _late_words(verified: list[verification.Verified]) -> str:
    """Return what to say of hours whose month was closed already, or nothing."""
    late = [each for each in verified if each.is_late]
    if not late:
        return ""
    return gettext(
        "Booked on %(day)s, because %(months)s is closed.",
        day=i18n.day(late[0].booked_on),
        months=", ".join(sorted({i18n.month_name(each.happened_on) for each in late})),
    )


@router.post("/attendances/{attendance_id}/rejection")
async def reject(
    request: Request, viewer: Verifier, attendance_id: Id, reason: Annotated[Prose, Form()] = ""
) -> Response:
    """Say that the hours do not count, and why."""
    try:
        await correcting.reject(viewer.book_id, attendance_id, viewer.person_id, reason)
    except entered.REFUSALS as refusal:
        return await one_page(
            request, viewer, attendance_id, refusal=refusal, act="rejection", typed=reason
        )
    return redirect(request, "/verifications", gettext("Not accepted. The reason is kept."), "warn")


@router.post("/attendances/{attendance_id}/correction")
async def correct(
    request: Request, viewer: Verifier, attendance_id: Id, form: Annotated[TimesForm, Form()]
) -> Response:
    """Enter the times that are known, with the reason."""
    try:
        seen = (await board.explain(viewer.book_id, attendance_id)).attendance
        near = partial(moment_near, seen.shift, viewer.zone)
        await correcting.correct(
            viewer.book_id,
            attendance_id,
            viewer.person_id,
            checked_in_at=near(form.came, "came", seen.checked_in_at),
            checked_out_at=near(form.left, "left", seen.checked_out_at) if form.left else None,
            breaks=[
                (near(begins, "rest"), near(ends, "rest"))
                for begins, ends in form.breaks
                if begins or ends
            ],
            reason=form.because,
        )
    except entered.REFUSALS as refusal:
        return await one_page(
            request, viewer, attendance_id, refusal=refusal, act="correction", form=form
        )
    return redirect(request, f"/verifications/{attendance_id}", gettext("The times are corrected."))


@router.post("/attendances/{attendance_id}/withdrawal")
async def take_back(
    request: Request, viewer: Verifier, attendance_id: Id, reason: Annotated[Prose, Form()] = ""
) -> Response:
    """Take a verification back, with the reason."""
    try:
        await verification.unverify(viewer.book_id, attendance_id, viewer.person_id, reason)
    except entered.REFUSALS as refusal:
        return await one_page(
            request, viewer, attendance_id, refusal=refusal, act="withdrawal", typed=reason
        )
    done = gettext("The verification is taken back, with its points.")
    return redirect(request, f"/verifications/{attendance_id}", done, "warn")


async def one_page(
    request: Request,
    viewer: Viewer,
    attendance_id: int,
    *,
    refusal: DomainError | None = None,
    act: str = "verification",
    typed: str = "",
    points: str = "",
    form: TimesForm | None = None,
) -> Response:
    """Show one attendance with everything that can be done about it, and what was typed if that was refused."""
    explained = await board.explain(viewer.book_id, attendance_id)
    row = explained.attendance
    known = await roster.memberships(viewer.book_id, [row.person_id])
    brings = await rules.of_shifts(viewer.book_id, [row.shift])
    rule = explained.rule or brings[row.shift_id]
    own = row.person_id == viewer.person_id
    served = await on_call.errands_of(viewer.book_id, _on_call([row]))
    flags = await card_flags(viewer.book_id, [row.id])
    spoke = await on_call.witnesses(viewer.book_id, row.id)
    return page(
        request,
        "verifications/one.html",
        status=entered.status(refusal),
        zone=viewer.zone,
        day=_day(viewer, row.shift),
        line=Line(
            *(row, known.get(row.person_id), _worth(row, rule), own),
            *(flags.get(row.id, ""), served_words(served.get(row.shift_id))),
        ),
        flag_words=card_flag_words(),
        spoke=[(each, gettext(ABOUT[each.about]), witness_words(each)) for each in spoke],
        rule=rule,
        scans=[(scan, _scan_words(scan.purpose, scan.refusal)) for scan in explained.scans],
        provenance=PROVENANCE,
        refusal=refusal,
        act=act,
        typed=typed,
        points=points,
        bonuses=explained.bonuses,
        bonus_left=None if rule is None else rule.bonus_points_per_shift - row.shift.bonus_awarded,
        form=form or _as_recorded(viewer, explained),
        breaks=explained.breaks,
        stopped=stopped_words(row.stopped_by),
        verified=row.state is AttendanceState.VERIFIED,
    )


def _on_call(rows: list[Attendance]) -> set[int]:
    return {row.shift_id for row in rows if row.shift.on_call}


def _worth(row: Attendance, rule: AwardRule | None) -> Award | None:
    """Return what the hours bring, or would bring; None while there is no rule."""
    if row.state is AttendanceState.VERIFIED:
        return Award(row.minutes_worked, row.minutes_counted, row.points_awarded, row.stopped_by)
    if rule is None:
        return None
    return awards.award(
        row.minutes_worked, rule.points_per_hour, row.shift.multiplier_percent, rule.counting
    )


def _day(viewer: Viewer, shift: Shift) -> int:
    return days.day_of(shift.starts_at, viewer.zone)


def _scan_words(purpose: str, refusal: str) -> str:
    said = gettext("to come in") if purpose == "in" else gettext("to leave")
    if not refusal:
        return said
    known = DomainError.by_slug.get(refusal)
    return said if known is None else f"{said} · {gettext(known.title)}"


def _as_recorded(viewer: Viewer, explained: board.Explanation) -> TimesForm:
    def said(moment: int | None) -> str:
        return "" if moment is None else i18n.clock(moment, viewer.zone)

    row, breaks = explained.attendance, explained.breaks
    return TimesForm(
        came=said(row.checked_in_at),
        left=said(row.checked_out_at),
        rest_from=[said(each.begins_at) for each in breaks],
        rest_to=[said(each.ends_at) for each in breaks],
    )
