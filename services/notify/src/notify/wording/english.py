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

Please see to the ticket as soon as you can. Open the ticket: $url""",
            telegram="$promise\nIt was due: $due\n\nPlease see to the ticket as soon as you can. $url",
        ),
        "ticket_excluded": Wording(
            subject="Your ticket has been closed",
            mail="""Hello,

Your ticket $number has been closed: it is not within support's competence ($exclusion).

If you do not agree, reply to this mail and we will look at it again. The whole conversation: $url""",
            telegram="Your ticket has been closed: it is not within support's competence ($exclusion).\n\n"
            "If you do not agree, reply in this chat and we will look at it again. The whole conversation: $url",
            answerable=True,
        ),
        "ticket_merged": Wording(
            subject="Your ticket was joined with another one",
            mail="""Hello,

Your ticket $number was joined with another one about the same matter. The work goes on under the number $into.

There is no need to write again. To add something, reply to this mail. Progress: $url""",
            telegram="Your ticket was joined with another one about the same matter. "
            "The work goes on under the number $into.\n\nTo add something, reply in this chat. Progress: $url",
            answerable=True,
        ),
        "ticket_unmerged": Wording(
            subject="Your ticket is handled on its own again",
            mail="""Hello,

We handle your ticket $number on its own again, under its own number.

To add something, reply to this mail. Progress: $url""",
            telegram="We handle your ticket on its own again, under its own number.\n\n"
            "To add something, reply in this chat. Progress: $url",
            answerable=True,
        ),
        "ticket_estimated": Wording(
            subject="The planned time was revised",
            mail="""Hello,

The planned time for the work on your ticket $number was revised: $work.

Reason: $reason

Progress: $url""",
            telegram="The planned time for the work on your ticket was revised: $work.\n\nReason: $reason\n\n"
            "Progress: $url",
        ),
        "write_to_bot": Wording(
            subject="Where to write",
            mail="""Hello,

About this, please write to the support bot of your department: $bot""",
            telegram="About this, please write to the support bot of your department: $bot",
        ),
        "budget_spent": Wording(
            subject="The time for a solution is used up",
            mail="""Hello,

The time meant for this is used up for ticket $number: $promise. This is advice, not a missed deadline.

$advice

Open the ticket: $url""",
            telegram="$promise: the time meant for it is used up. This is advice, not a missed deadline.\n\n"
            "$advice\n\n$url",
        ),
        "ticket_unattended": Wording(
            subject="A ticket was left unattended",
            mail="""Hello,

Ticket $number “$subject” went back to the queue of the group “$group”: nothing was done about it for $limit.

Agent: $agent
Open the ticket: $url""",
            telegram="“$subject” went back to the queue of the group “$group”: nothing was done about it for $limit.\n"
            "Agent: $agent\n\n$url",
        ),
        "nobody_online": Wording(
            subject="Nobody online: the group “$group”",
            mail="""Hello,

There is nobody to give ticket $number to: in the group “$group” nobody takes work now.

We will not write to you about further tickets of this queue until somebody takes work there.

Open the ticket: $url""",
            telegram="There is nobody to give the ticket to: in the group “$group” nobody takes work now.\n\n"
            "We will not write to you about further tickets of this queue until somebody takes work there.\n\n$url",
        ),
        "skew_noticed": Wording(
            subject="Uneven distribution: the group “$group”",
            mail="""Hello,

In the group “$group” tickets are dealt unevenly. Please check who of the agents takes work.

Agent: $agent
Assigned in a row: $turns
To another agent meanwhile: $fewest""",
            telegram="Agent: $agent\nAssigned in a row: $turns\nTo another agent meanwhile: $fewest",
        ),
    }
)
