"""`POST /tickets/{ticket}/tasks` and `/time`: what is to be done for a ticket, and how long people worked on it."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field
from servicekit.text import Text

from intake.domain.ticket import Ticket
from intake.http.commands import Command
from intake.http.desk import Staff

router = APIRouter(prefix="/tickets/{ticket}", tags=["work"], responses={409: {"description": "Not possible now."}})
DAY = 24 * 60


class Tasking(Command):
    """What is to be done, and by whom."""

    title: Annotated[Text, Field(min_length=1, max_length=1000)]
    assignee: Annotated[Text, Field(max_length=100)] = ""


class Timing(Command):
    """Minutes of work, at most a day's at once; `task` names one of the ticket's tasks."""

    minutes: Annotated[int, Field(ge=1, le=DAY)]
    task: Annotated[Text, Field(max_length=20)] = ""


class TaskLeft(BaseModel):
    """One task; `top` marks the one that stands for the ticket itself (`TIC:`, R1-09)."""

    task: str
    assignee: str
    parent: str
    top: bool
    done: bool


class Worked(BaseModel):
    """The ticket's tasks and the minutes by agent, all and those that billing has (R1-18)."""

    ticket: str
    number: str
    tasks: list[TaskLeft]
    minutes: dict[str, int]
    handed_over: dict[str, int]


@router.post("/tasks")
async def open_task(said: Tasking, desk: Staff) -> Worked:
    """Ask for something to be done; the ticket is not solved before it is (R1-09, R3-24)."""
    return worked(await desk.change(said, lambda ticket, by: ticket.open_task(by, said.title, said.assignee)))


@router.post("/tasks/{task}/done")
async def done(task: str, said: Command, desk: Staff) -> Worked:
    """Finish a task."""
    return worked(await desk.change(said, lambda ticket, by: ticket.done(by, task)))


@router.post("/time")
async def spend(said: Timing, desk: Staff) -> Worked:
    """Note how long somebody worked; it goes to billing when the ticket is closed (R1-18)."""
    return worked(await desk.change(said, lambda ticket, by: ticket.spend(by, said.minutes, said.task)))


def worked(ticket: Ticket) -> Worked:
    """Tasks and time of a ticket."""
    tasks = [
        TaskLeft(task=each.id, assignee=each.assignee, parent=each.parent, top=each.top, done=each.done)
        for each in ticket.tasks
    ]
    return Worked(
        ticket=ticket.ticket,
        number=ticket.number,
        tasks=tasks,
        minutes=dict(ticket.minutes),
        handed_over=dict(ticket.handed),
    )
