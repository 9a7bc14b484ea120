"""The English texts, one for each Russian one, over the same values."""

from collections.abc import Mapping
from types import MappingProxyType

from notify.wording.template import Wording

MARKER = "— Please reply above this line —"
SIGNATURE = "The support team"

ENGLISH: Mapping[str, Wording] = MappingProxyType(
    {
        "ticket_opened": Wording(
            subject="Your ticket has been registered",
            mail="""Hello,

We have received your request and given it the number $number. A specialist will answer you in this conversation.

To add something, reply to this mail. You can follow the progress here: $url""",
            telegram="We have received your request. A specialist will answer you here.\n\nProgress: $url",
            answerable=True,
        ),
        "agent_replied": Wording(
            subject="Reply to your ticket",
            mail="""Hello,

$agent has replied to your ticket $number:

> $text

To continue the conversation, reply to this mail. The whole conversation: $url""",
            telegram="$agent:\n\n$text\n\nThe whole conversation: $url",
            answerable=True,
        ),
        "information_requested": Wording(
            subject="We need more details",
            mail="""Hello,

To go on with your ticket $number we need more details. $agent asks:

> $text

Please reply to this mail. While we wait for your answer, the deadline is on hold.

The whole conversation: $url""",
            telegram="$agent asks:\n\n$text\n\n"
            "Please reply in this chat. While we wait for your answer, the deadline is on hold.\n\n"
            "The whole conversation: $url",
            answerable=True,
        ),
        "ticket_resolved": Wording(
            subject="Your ticket has been resolved",
            mail="""Hello,

Your ticket $number has been resolved:

> $text

If anything is left open, reply to this mail and we will take it up again. The whole conversation: $url

Please rate our work: $rating_url""",
            telegram="$text\n\nIf anything is left open, reply in this chat. The whole conversation: $url\n\n"
            "Please rate our work: $rating_url",
            answerable=True,
        ),
        "rating_requested": Wording(
            subject="Please rate our work",
            mail="""Hello,

Your ticket $number has been resolved. Please rate our work, it takes less than a minute: $rating_url

Your rating helps us to do better.""",
            telegram="Your ticket has been resolved. Please rate our work: $rating_url",
        ),
        "ticket_reopened": Wording(
            subject="Your ticket has been reopened",
            mail="""Hello,

We have taken up your ticket $number again. A specialist will answer you in this conversation.

Progress: $url""",
            telegram="We have taken up your ticket again.\n\nProgress: $url",
            answerable=True,
        ),
        "ticket_closed": Wording(
            subject="Your ticket has been closed",
            mail="""Hello,

Your ticket $number has been closed. The conversation is kept here: $url

If you have a new question, write to us and we will register a new ticket.""",
            telegram="Your ticket has been closed. The conversation is kept here: $url\n\n"
            "If you have a new question, write to us.",
        ),
        "ticket_assigned": Wording(
            subject="A ticket is assigned to you",
            mail="""Hello,

Ticket $number “$subject” is assigned to you.

Priority: $priority
Due: $due

Open the ticket: $url""",
            telegram="“$subject”\nPriority: $priority\nDue: $due\n\n$url",
        ),
        "group_assigned": Wording(
            subject="A ticket was passed to the group “$group”",
            mail="""Hello,

Ticket $number “$subject” was passed to the group “$group”. Nobody has it yet.

Priority: $priority
Due: $due

Open the ticket: $url""",
            telegram="“$subject”\nPriority: $priority\nDue: $due\nNobody has it yet.\n\n$url",
        ),
        "deadline_approaching": Wording(
            subject="A deadline approaches",
            mail="""Hello,

A deadline of ticket $number approaches: $promise.

Due: $due
Working time left: $left

Open the ticket: $url""",
            telegram="$promise\nDue: $due\nWorking time left: $left\n\n$url",
        ),
        "deadline_breached": Wording(
            subject="A deadline was missed",
            mail="""Hello,

A deadline of ticket $number was missed: $promise.

It was due: $due

Please see to the ticket as soon as you can: $url""",
            telegram="$promise\nIt was due: $due\n\nPlease see to the ticket as soon as you can: $url",
        ),
    }
)
