"""`POST /tickets/{ticket}/{verb}`: what people do about a ticket."""

from fastapi import APIRouter

from intake.calls.guarding import CallsSettled
from intake.http.commands import (
    Annulling,
    Classifying,
    Closing,
    Ending,
    Escalating,
    Estimating,
    Left,
    Prioritizing,
    Saying,
    Solved,
    Solving,
)
from intake.http.desk import Either, Staff
from intake.http.incidents import incidents
from intake.http.solving import solved

router = APIRouter(prefix="/tickets/{ticket}", tags=["verbs"], responses={409: {"description": "Not possible now."}})


@router.post("/reply")
async def reply(said: Saying, desk: Staff) -> Left:
    """Answer the requester publicly."""
    return await desk.do(said, lambda ticket, by: ticket.reply(by, said.text))


@router.post("/ask")
async def ask(said: Saying, desk: Staff) -> Left:
    """Ask the requester what the solution needs; the ticket waits until they write."""
    return await desk.do(said, lambda ticket, by: ticket.ask(by, said.text))


@router.post("/note")
async def note(said: Saying, desk: Staff) -> Left:
    """Write down something that the requester does not see."""
    return await desk.do(said, lambda ticket, by: ticket.note(by, said.text))


@router.post("/classify")
async def classify(said: Classifying, desk: Staff) -> Left:
    """State or correct the category, the service or both."""
    return await desk.do(said, lambda ticket, by: ticket.classify(by, said.category, said.service))


@router.post("/prioritize")
async def prioritize(said: Prioritizing, desk: Staff) -> Left:
    """Change the priority."""
    return await desk.do(said, lambda ticket, by: ticket.prioritize(by, said.priority, said.reason))


@router.post("/estimate")
async def estimate(said: Estimating, desk: Staff) -> Left:
    """Plan a stage oneself where the category leaves it to the executor: longer than the plan has it, with a reason."""
    return await desk.do(said, lambda ticket, by: ticket.estimate(by, said.stage, said.work, said.reason))


@router.post("/escalate")
async def escalate(said: Escalating, desk: Staff) -> Left:
    """Move the ticket to another working stage."""
    return await desk.do(said, lambda ticket, by: ticket.escalate(by, said.stage, said.reason))


@router.post("/resolve", dependencies=[CallsSettled])
async def resolve(said: Solving, desk: Staff) -> Solved:
    """Give the solution; the requester's confirmation is awaited. A mass problem's answer lists its open incidents,
    which `incidents: true` solves by the same text, each for its own requester (A-23)."""
    ticket = await solved(desk, said)
    return Solved.with_incidents(ticket, await incidents(desk, ticket, said))


@router.post("/reopen")
async def reopen(said: Ending, desk: Either) -> Left:
    """Take the matter up again; an adapter's key speaks for the requester (R1-15)."""
    return await desk.do(said, lambda ticket, by: ticket.reopen(by, said.reason))


@router.post("/close", dependencies=[CallsSettled])
async def close(said: Closing, desk: Either) -> Left:
    """Accept the work as finished; an adapter's key speaks for the requester (R1-15)."""
    return await desk.do(said, lambda ticket, by: ticket.close(by, said.reason, said.exclusion))


@router.post("/annul", dependencies=[CallsSettled])
async def annul(said: Annulling, desk: Staff) -> Left:
    """End a ticket that is no matter for us, and say which exclusion it falls under, where it does (R0-27)."""
    return await desk.do(said, lambda ticket, by: ticket.annul(by, said.reason, said.exclusion))
