"""Routing's doors."""

from routing.http import agents, reports, roster, tickets

ROUTERS = (agents.router, roster.router, tickets.router, reports.router)
