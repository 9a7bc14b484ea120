"""Csi's doors."""

from csi.http import rating, report, surveys

ROUTERS = (rating.router, report.router, surveys.router)
