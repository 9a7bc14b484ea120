"""What intake records: what people say and do about a ticket."""

from datetime import datetime
from typing import Any, Literal

import msgspec

from contracts.event import Event, Personal
from contracts.reasons import Threading

Section = Literal["chat", "requests"]
Party = Literal["requester", "agent", "system"]


class Attachment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file kept as an encrypted blob under the SHA-256 of its content; `size` in bytes.

    Without a blob, `source` says where the channel keeps the file (`https:…`, `telegram:…`).
    """

    name: Personal
    media_type: str
    size: int
    blob: str
    source: Personal = ""


class RequesterRegistered(Event, frozen=True, kw_only=True, tag="requester.registered.v1"):
    """A person wrote for the first time; `requester` is a keyed hash of kind and address, so it names nobody."""

    requester: str
    kind: str
    address: Personal
    name: Personal = ""
    language: str = ""


class ConversationStarted(Event, frozen=True, kw_only=True, tag="requester.conversation-started.v1"):
    """The requester's messages in this channel and thread belong to this ticket from now on."""

    requester: str
    channel: str
    thread: str
    ticket: str


class MessageReceived(Event, frozen=True, kw_only=True, tag="message.received.v1"):
    """A message was understood and became (`opened`) or joined (`appended`) a ticket."""

    message: str
    channel: str
    external_id: Personal
    requester: str
    ticket: str
    number: str
    outcome: Literal["opened", "appended"]
    because: Threading
    raw: str = ""
    digest: str = ""
    automatic: str = ""


class MessageRefused(Event, frozen=True, kw_only=True, tag="message.refused.v1"):
    """A message was understood and may not become a ticket; `rule` says why, the raw bytes are kept (R0-03).

    A `bounce` is a mail server's word that the mail of `delivery` did not arrive, "" where it does not say which.
    """

    message: str
    channel: str
    external_id: str
    rule: str
    requester: str = ""
    raw: str = ""
    digest: str = ""
    delivery: str = ""


class MessageQuarantined(Event, frozen=True, kw_only=True, tag="message.quarantined.v1"):
    """A message could not be understood: its raw bytes are kept as blob `raw` and a person has to look."""

    message: str
    channel: str
    external_id: str
    reason: str
    raw: str
    digest: str = ""


class TicketOpened(Event, frozen=True, kw_only=True, tag="ticket.opened.v1"):
    """A requester's message became a ticket (R1-02); category and priority are the declared or default ones.

    `regulation` is the version it stays with, `csn@1` (D2); `by: agent` a ticket that staff entered (R0-09); `sent_at`
    (UTC) is when its clocks start, where the channel's regulation starts them at the sender's time; `wanted` is the
    agent it was meant for, who gets it as soon as he takes work and keeps it unless the head gives it to another
    (R4-08). `quoted` is what the message quotes or is signed with; a mail that was passed on to us stands in `text`.
    `answered` is who is answered where that is not the requester: the id that this address has as a requester.
    """

    ticket: str
    number: str
    requester: str
    channel: str
    kind: str
    section: Section
    subject: Personal
    text: Personal
    category: str
    priority: str
    stage: str
    regulation: str
    reply_to: Personal
    thread: str = ""
    language: str = "ru"
    message: str = ""
    answers: Personal = ""
    automatic: str = ""
    attachments: tuple[Attachment, ...] = ()
    service: str = ""
    by: Party = "requester"
    sent_at: datetime | None = None
    wanted: str = ""
    quoted: Personal = ""
    answered: str = ""


class RequesterReplied(Event, frozen=True, kw_only=True, tag="ticket.requester-replied.v1"):
    """The requester wrote again; what is `automatic` changes no state and wakes no clock.

    It says why: a machine's mark, or `thanks` where a person only said thank you for a solution (A-11, §3.5).
    What is `edited` is the new wording of something that was written before.
    """

    ticket: str
    requester: str
    text: Personal
    quoted: Personal = ""
    message: str = ""
    answers: Personal = ""
    automatic: str = ""
    attachments: tuple[Attachment, ...] = ()
    edited: bool = False


class AgentReplied(Event, frozen=True, kw_only=True, tag="ticket.agent-replied.v1"):
    """An agent answered the requester publicly: the only thing that counts as a response (A-35)."""

    ticket: str
    requester: str
    agent: str
    text: Personal


class InformationRequested(Event, frozen=True, kw_only=True, tag="ticket.information-requested.v1"):
    """An agent asked the requester a question the solution needs; the ticket now waits ("в ожидании", R0-14)."""

    ticket: str
    requester: str
    agent: str
    text: Personal


class NoteAdded(Event, frozen=True, kw_only=True, tag="ticket.note-added.v1"):
    """Somebody on the agents' side wrote down something that the requester does not see."""

    ticket: str
    requester: str
    agent: str
    text: Personal


class TicketClassified(Event, frozen=True, kw_only=True, tag="ticket.classified.v1"):
    """The category, and where there are services the `service`, was stated or corrected by an agent (A-7)."""

    ticket: str
    category: str
    previous: str
    agent: str
    service: str = ""


class PriorityChanged(Event, frozen=True, kw_only=True, tag="ticket.priority-changed.v1"):
    """The effective priority was changed, with a reason (A-19)."""

    ticket: str
    priority: str
    previous: str
    agent: str
    reason: str = ""


class TicketEscalated(Event, frozen=True, kw_only=True, tag="ticket.escalated.v1"):
    """The ticket moved between working stages; `previous` is the stage it left (R1-06)."""

    ticket: str
    stage: str
    previous: str
    agent: str
    reason: str = ""


class TicketEstimated(Event, frozen=True, kw_only=True, tag="ticket.estimated.v1"):
    """The executor planned a stage himself, `work` as written ("20 дней"): it may only lengthen (R1-11, A-12b)."""

    ticket: str
    stage: str
    work: str
    agent: str
    reason: str
    previous: str = ""


class TicketMigrated(Event, frozen=True, kw_only=True, tag="ticket.migrated.v1"):
    """The open ticket was moved to another version of its regulation, and its open clocks with it (D2)."""

    ticket: str
    regulation: str
    previous: str
    who: str
    reason: str = ""


class TicketResolved(Event, frozen=True, kw_only=True, tag="ticket.resolved.v1"):
    """An agent gave the solution; the requester's confirmation is awaited (R1-14)."""

    ticket: str
    requester: str
    agent: str
    text: Personal
    stage: str = "resolved"
    previous: str = ""


class Recalled(Event, frozen=True, kw_only=True):
    """What a ticket that comes back is, said again: followers remember open tickets only and may have dropped it."""

    ticket: str
    number: str = ""
    channel: str = ""
    kind: str = ""
    section: Section = "requests"
    language: str = "ru"
    category: str = ""
    priority: str = ""
    regulation: str = ""
    service: str = ""


class TicketReopened(Recalled, frozen=True, kw_only=True, tag="ticket.reopened.v1"):
    """The solution was not accepted, or the matter came back (R1-15)."""

    requester: str
    by: Party
    who: str = ""
    reason: Personal = ""
    stage: str = "reopened"
    previous: str = ""


class TicketClosed(Event, frozen=True, kw_only=True, tag="ticket.closed.v1"):
    """All work is finished and accepted, by a person or after the silence the regulation allows (R1-16).

    `exclusion` names what of the regulation's exclusions it was, where it was none of support's competence (R0-27).
    """

    ticket: str
    by: Party
    who: str = ""
    reason: str = ""
    stage: str = "closed"
    previous: str = ""
    exclusion: str = ""


Relation = Literal["problem", "follow-up", "related", "merged", "contact"]
"""How one ticket leads to another: its mass problem, what it follows, what was put into it, where contact was made."""


class TicketLinked(Event, frozen=True, kw_only=True, tag="ticket.linked.v1"):
    """The ticket leads to another one; a mass problem gathers the incidents that link to it (R0-08, A-23, R4-04)."""

    ticket: str
    to: str
    relation: Relation
    who: str
    reason: str = ""


class TicketUnlinked(Event, frozen=True, kw_only=True, tag="ticket.unlinked.v1"):
    """A link was none."""

    ticket: str
    to: str
    relation: Relation
    who: str
    reason: str = ""


class TicketMerged(Event, frozen=True, kw_only=True, tag="ticket.merged.v1"):
    """The ticket is about the same as `into`, which goes on for both; all that was said stays where it was said.

    `previous` is the stage in which it stands still; `into` says so too, by a link of relation `merged`, in one append.
    """

    ticket: str
    into: str
    requester: str
    who: str
    reason: str = ""
    stage: str = ""
    previous: str = ""


class TicketUnmerged(Recalled, frozen=True, kw_only=True, tag="ticket.unmerged.v1"):
    """The ticket is a matter of its own after all, in the stage it was in before it was merged."""

    into: str
    requester: str
    who: str
    reason: str = ""
    stage: str = ""
    previous: str = ""


class TopicSet(Event, frozen=True, kw_only=True, tag="ticket.topic-set.v1"):
    """What the matter was about, in the regulation's list of topics (R4-05)."""

    ticket: str
    topic: str
    who: str


class TaskOpened(Event, frozen=True, kw_only=True, tag="ticket.task-opened.v1"):
    """Work to be done for the ticket; one without a `parent` is its top-level task (`TIC:`, R1-09)."""

    ticket: str
    requester: str
    task: str
    title: Personal
    who: str
    parent: str = ""
    assignee: str = ""


class TaskDone(Event, frozen=True, kw_only=True, tag="ticket.task-done.v1"):
    """A task is finished, or was closed with its ticket (R1-18)."""

    ticket: str
    task: str
    who: str
    reason: str = ""


class TimeSpent(Event, frozen=True, kw_only=True, tag="ticket.time-spent.v1"):
    """Somebody worked on the ticket for `minutes`, on a task of it where one is named (R1-18)."""

    ticket: str
    agent: str
    minutes: int
    task: str = ""


class TimeHandedOver(Event, frozen=True, kw_only=True, tag="ticket.time-handed-over.v1"):
    """The minutes everybody spent on a closed ticket went to billing, those handed over before not again (R1-18)."""

    ticket: str
    minutes: dict[str, int]


class CallMissed(Event, frozen=True, kw_only=True, tag="call.missed.v1"):
    """A call was not answered; it was meant for `agent`, "" for anybody (R4-02). `called_at` is UTC.

    It opened its ticket or joined the caller's open one (`outcome`). `phone` is a keyed hash of the number, the same
    in every channel; `also` are the ids under which the same person writes to us otherwise; `regulation` is the
    version that the call goes by, `demo@1`.
    """

    call: str
    channel: str
    requester: str
    caller: Personal
    ticket: str
    called_at: datetime
    agent: str = ""
    direction: str = ""
    outcome: Literal["opened", "appended"] = "opened"
    phone: str = ""
    also: tuple[str, ...] = ()
    regulation: str = ""


class CallMade(Event, frozen=True, kw_only=True, tag="call.made.v1"):
    """A call that was no missed one: `agent` answered it or made it; `reached` says whether both talked (R4-03).

    `phone` is a keyed hash of the other's number, as in `call.missed.v1`; `called_at` is UTC.
    """

    call: str
    channel: str
    phone: str
    called_at: datetime
    kind: Literal["answered", "outgoing"]
    reached: bool
    agent: str = ""


class CallReturned(Event, frozen=True, kw_only=True, tag="call.returned.v1"):
    """Somebody called back; `reached` says whether the caller answered (R4-02)."""

    call: str
    agent: str
    reached: bool


class CallSettled(Event, frozen=True, kw_only=True, tag="call.settled.v1"):
    """A missed call is done: called back, contact made in ticket `contact` (R4-04), or written to when stale (A-26).

    `talked` is the call (`call.made.v1`) in which both talked, where the exchange told of it.
    """

    call: str
    ticket: str
    how: Literal["called-back", "already-contacted", "written"]
    agent: str
    contact: str = ""
    topic: str = ""
    talked: str = ""


class RegulationPublished(Event, frozen=True, kw_only=True, tag="regulation.published.v1"):
    """A version of a regulation took effect: the whole `document`, and the SHA-256 of its canonical JSON."""

    name: str
    version: str
    hash: str
    effective_from: datetime
    document: dict[str, Any]


INTAKE = (
    RequesterRegistered,
    ConversationStarted,
    MessageReceived,
    MessageRefused,
    MessageQuarantined,
    TicketOpened,
    RequesterReplied,
    AgentReplied,
    InformationRequested,
    NoteAdded,
    TicketClassified,
    PriorityChanged,
    TicketEscalated,
    TicketEstimated,
    TicketMigrated,
    TicketResolved,
    TicketReopened,
    TicketClosed,
    TicketLinked,
    TicketUnlinked,
    TicketMerged,
    TicketUnmerged,
    TopicSet,
    TaskOpened,
    TaskDone,
    TimeSpent,
    TimeHandedOver,
    CallMissed,
    CallMade,
    CallReturned,
    CallSettled,
    RegulationPublished,
)
