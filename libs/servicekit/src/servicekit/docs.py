"""`/docs`: Swagger UI over the service's own `/openapi.json`; all of it comes from this machine, nothing from a CDN."""

from html import escape
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

from fastapi import APIRouter
from fastapi.responses import FileResponse, HTMLResponse, Response

ASSETS = Path(str(files("fastapi_offline"))) / "static"
"""Only the wheel's files are used: its way to make an app would stand between ours and FastAPI."""

START = """SwaggerUIBundle({
  url: "openapi.json", dom_id: "#doors", deepLinking: true, docExpansion: "list", validatorUrl: null,
});
"""
# Addresses are relative: behind a proxy's prefix they still lead here.
PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
<div id="doors"></div>
<noscript>The doors are listed by a script; without one, read <a href="openapi.json">openapi.json</a>.</noscript>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""
# Keys are typed into this page: only this service's scripts run in it, and only this service hears from it.
HEADERS = MappingProxyType(
    {
        "Content-Security-Policy": (
            "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
            "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
)
KEPT = MappingProxyType({"Cache-Control": "max-age=3600", "X-Content-Type-Options": "nosniff"})
"""For an hour: another version of the wheel is seen soon after."""


def router(title: str) -> APIRouter:
    """The page of one service and what it loads."""
    doors = APIRouter(prefix="/docs", include_in_schema=False)

    @doors.get("")
    async def page() -> HTMLResponse:
        """The doors of this service, to read and to try."""
        return HTMLResponse(PAGE.format(title=escape(title)), headers=HEADERS)

    @doors.get("/start.js")
    async def start() -> Response:
        """What a policy without inline scripts asks to be a file."""
        return Response(START, media_type="text/javascript")

    @doors.get("/swagger-ui.css")
    async def style() -> FileResponse:
        """The looks of Swagger UI."""
        return FileResponse(ASSETS / "swagger-ui.css", headers=KEPT)

    @doors.get("/swagger-ui-bundle.js")
    async def bundle() -> FileResponse:
        """Swagger UI itself, 1.5 MB."""
        return FileResponse(ASSETS / "swagger-ui-bundle.js", headers=KEPT)

    return doors
