"""What an agent may pick up by himself."""

from collections.abc import Iterator
from datetime import datetime
from heapq import merge
from itertools import islice

from routing.assigning import asked
from routing.dealing import is_his, served
from routing.domain.demand import kind_of
from routing.domain.ring import is_full
from routing.domain.staff import Employee
from routing.held import Held
from routing.state import State


def for_him(state: State, who: Employee, at: datetime, most: int) -> list[str]:
    """What waits in his groups and suits him, in the order in which it is dealt, no more than he may have."""
    return list(islice(_while_he_may(state, who, at, most), most))


def _while_he_may(state: State, who: Employee, at: datetime, most: int) -> Iterator[str]:
    had = {section: state.desk.load(who.agent, section) for section in ("chat", "requests")}
    keys = [key for key, queue in served(state) if _suits(state, queue.sample, who, at)]
    for _, ticket in merge(*(state.order(key).first(most) for key in keys)):
        section = state.tickets[ticket].section
        if not is_full(who, section, had[section]):
            had[section] += 1
            yield ticket


def _suits(state: State, sample: Held, who: Employee, at: datetime) -> bool:
    """What is kept for him is his, whatever it asks for."""
    if not is_his(state, sample, who, at):
        return False
    kept = state.meant_for(sample, sample.group)
    return bool(kept) or not asked(state, sample, sample.group, at).unsuited(kind_of(who))
