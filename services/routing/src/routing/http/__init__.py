"""Routing's doors."""

from routing.http import absences, agents, load, loans, pick_up, presence, reports, roster, tickets

ROUTERS = (
    agents.router,
    presence.router,
    absences.router,
    loans.router,
    roster.router,
    tickets.router,
    pick_up.router,
    reports.router,
    load.router,
)
