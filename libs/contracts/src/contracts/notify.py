"""What notify records: every message meant for somebody, and its one outcome (I13, D12)."""

from contracts.event import Event


class DeliveryIntended(Event, frozen=True, kw_only=True, tag="delivery.intended.v1"):
    """Somebody is to be told of the event `cause`; who and where is looked up when it is sent, not kept here.

    `medium` is mail or telegram; `audience` is requester, agent or head, `staff` the id of either of the latter two.
    What is about no ticket has none.
    """

    delivery: str
    ticket: str
    medium: str
    audience: str
    template: str
    language: str
    cause: str
    requester: str = ""
    staff: str = ""


class DeliverySent(Event, frozen=True, kw_only=True, tag="delivery.sent.v1"):
    """The channel took the message; `reference` is the Message-ID or the channel's own id."""

    delivery: str
    ticket: str
    reference: str
    attempts: int = 1


class DeliveryFailed(Event, frozen=True, kw_only=True, tag="delivery.failed.v1"):
    """The message will not arrive: refused for good, or given up after the last attempt."""

    delivery: str
    ticket: str
    reason: str
    attempts: int = 1


class DeliverySuppressed(Event, frozen=True, kw_only=True, tag="delivery.suppressed.v1"):
    """The message was deliberately not sent; `rule` says why (loop guard, brake, no address)."""

    delivery: str
    ticket: str
    rule: str


class DeliveryRetried(Event, frozen=True, kw_only=True, tag="delivery.retried.v1"):
    """A person asked for a failed delivery to be tried again."""

    delivery: str
    ticket: str
    by: str


class CabinetPublished(Event, frozen=True, kw_only=True, tag="delivery.cabinet-published.v1"):
    """The requester's cabinet shows this entry from now on (R1-04); texts are rendered from `template` when read."""

    delivery: str
    ticket: str
    requester: str
    template: str
    cause: str


NOTIFY = (
    DeliveryIntended,
    DeliverySent,
    DeliveryFailed,
    DeliverySuppressed,
    DeliveryRetried,
    CabinetPublished,
)
