"""What the Bot API is told to do wrong, and how many times still."""

from typing import Literal, Self

from pydantic import BaseModel, Field

SAID = {
    400: "Bad Request: chat not found",
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    429: "Too Many Requests: retry after {retry_after}",
    500: "Internal Server Error",
    502: "Bad Gateway",
}


class Faults(BaseModel):
    """The knobs: counts go down by one each time they strike; `delay` seconds hold for every call."""

    fail: int = Field(0, ge=0, le=1_000_000, description="how many calls still to answer with `code`")
    code: Literal[400, 401, 403, 429, 500, 502] = Field(429, description="the answer")
    retry_after: int = Field(1, ge=0, le=86_400, description="seconds, said with a 429")
    migrate_to_chat_id: int | None = Field(None, description="said with a 400: the group became a supergroup")
    hang_after_accepting: int = Field(0, ge=0, description="messages to take and never answer")
    delay: float = Field(0, ge=0, le=600, description="seconds before every answer")
    duplicates: int = Field(0, ge=0, description="updates to deliver to the webhook twice")

    def become(self, wanted: Self) -> Self:
        """Take over every knob."""
        for name, value in wanted:
            setattr(self, name, value)
        return self

    def answer(self) -> tuple[int, dict[str, object]] | None:
        """The failure due now, counted down: status and body; None when all is well."""
        if self.fail < 1:
            return None
        self.fail -= 1
        words = SAID[self.code].format(retry_after=self.retry_after)
        if self.code == 400 and self.migrate_to_chat_id is not None:
            words = "Bad Request: group chat was upgraded to a supergroup chat"
        return self.code, {"ok": False, "error_code": self.code, "description": words} | self._parameters()

    def hangs(self) -> bool:
        """Whether the message just taken is never to be answered; counted down."""
        self.hang_after_accepting, before = max(self.hang_after_accepting - 1, 0), self.hang_after_accepting
        return before > 0

    def copies(self) -> int:
        """How many times the update just delivered is to be delivered; counted down."""
        self.duplicates, before = max(self.duplicates - 1, 0), self.duplicates
        return 2 if before else 1

    def _parameters(self) -> dict[str, object]:
        if self.code == 429:
            return {"parameters": {"retry_after": self.retry_after}}
        if self.code == 400 and self.migrate_to_chat_id is not None:
            return {"parameters": {"migrate_to_chat_id": self.migrate_to_chat_id}}
        return {}
