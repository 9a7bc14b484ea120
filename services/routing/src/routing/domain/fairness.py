"""Whether somebody is passed over: turns of one person while another was eligible all the while (D10)."""

from bisect import bisect_left
from collections.abc import Mapping

import msgspec
from contracts.reasons import Assignment

KEPT = 20
"""How many of anybody's turns are remembered: an allowed skew is smaller."""


class Streak(msgspec.Struct, kw_only=True):
    """Eligible whenever his pool gave something out, from the turn `since` on; `turns` are the last of his own."""

    since: int
    turns: tuple[int, ...] = ()


Streaks = dict[str, Streak]
"""Of one pool, by agent."""


def follow(streaks: Streaks, agent: str, because: Assignment) -> None:
    """Take in one assignment; who is not eligible begins anew. Groups not named whole are not followed."""
    if because.others:
        streaks.clear()
        return
    turn = because.turn
    for each in because.candidates:
        if each.excluded:
            streaks.pop(each.agent, None)
        elif turn and each.agent not in streaks:
            streaks[each.agent] = Streak(since=turn)
    if turn and agent in streaks:
        mine = streaks[agent]
        mine.turns = (*mine.turns, turn)[-KEPT:]


def most_in_a_row(streaks: Mapping[str, Streak], agent: str, because: Assignment) -> int:
    """His turns, this one included, since the one had his last who waits longest of those eligible all the while."""
    mine = streaks.get(agent)
    if mine is None or because.others:
        return 0
    others = [each for each in because.candidates if not each.excluded and each.agent != agent]
    starts = [max(each.last_turn + 1, streaks[each.agent].since) for each in others if each.agent in streaks]
    turns = (*mine.turns, because.turn)
    return len(turns) - bisect_left(turns, min(starts)) if starts else 0
