"""Who is due tomorrow: a list to print, and a text to copy into the group."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from checkin.reminding import due_tomorrow
from web.asking import ShiftRunner
from web.group_texts import reminder
from web.render import page

router = APIRouter(include_in_schema=False)


@router.get("/reminders")
async def reminders(request: Request, viewer: ShiftRunner) -> Response:
    """Show tomorrow's shifts and who signed up."""
    due = await due_tomorrow(viewer.book_id)
    text = reminder(due, viewer.zone)
    return page(request, "signups/reminders.html", due=due, text=text, zone=viewer.zone)
