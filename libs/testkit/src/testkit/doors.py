"""The services' doors with everybody's keys."""

import httpx

from testkit.world import Installation


class Doors:
    """One HTTP client that may be anybody; role "" is a stranger."""

    def __init__(self, installed: Installation, http: httpx.AsyncClient) -> None:
        self._installed = installed
        self._http = http

    async def get(self, service: str, path: str, role: str = "lead") -> httpx.Response:
        """What somebody reads."""
        return await self._http.get(f"{self._installed.url(service)}{path}", headers=self._bearer(role))

    async def post(self, path: str, body: bytes, role: str = "adapter", **headers: str) -> httpx.Response:
        """What somebody brings to intake; `Content_Type` and the like become headers."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        url = f"{self._installed.url('intake')}{path}"
        return await self._http.post(url, content=body, headers={**self._bearer(role), **named})

    def _bearer(self, role: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._installed.keys[role]}"} if role else {}
