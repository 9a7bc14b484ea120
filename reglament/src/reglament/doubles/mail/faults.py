"""What the mail server is told to do wrong, and how many times still."""

from typing import Literal, Self

from pydantic import BaseModel, Field

Stage = Literal["mail", "rcpt", "data"]
REPLIES = {
    421: "421 4.3.2 The double is closing down",
    451: "451 4.7.1 The double asks to come back later",
    452: "452 4.2.2 The mailbox is full",
    550: "550 5.1.1 There is no such mailbox",
    552: "552 5.2.2 The mailbox is over its quota",
    554: "554 5.7.1 The double does not like this mail",
}


class Faults(BaseModel):
    """The knobs: every count goes down by one each time it strikes; `delay` seconds hold for every mail."""

    fail: int = Field(0, ge=0, le=1_000_000, description="how many times still to answer with `code`")
    code: Literal[421, 451, 452, 550, 552, 554] = Field(451, description="the answer")
    stage: Stage = Field("rcpt", description="after which command")
    hang_after_data: int = Field(0, ge=0, description="mails to take and never answer")
    drop_before_250: int = Field(0, ge=0, description="mails to take, then to cut the connection")
    keep_doubtful: bool = Field(True, description="whether such mails land in the mailbox")
    delay: float = Field(0, ge=0, le=600, description="seconds before the answer to every mail")

    def become(self, wanted: Self) -> Self:
        """Take over every knob."""
        for name, value in wanted:
            setattr(self, name, value)
        return self

    def reply(self, stage: Stage) -> str | None:
        """The failure due at this stage, counted down; None when all is well."""
        if self.fail < 1 or self.stage != stage:
            return None
        self.fail -= 1
        return REPLIES[self.code]

    def doubtful(self) -> Literal["hang", "drop"] | None:
        """Whether the answer to the mail just received is to be lost, and how; counted down."""
        if self.hang_after_data:
            self.hang_after_data -= 1
            return "hang"
        if self.drop_before_250:
            self.drop_before_250 -= 1
            return "drop"
        return None
