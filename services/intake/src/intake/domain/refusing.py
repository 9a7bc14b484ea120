"""What people ask for and a ticket cannot do now."""


class RefusedError(ValueError):
    """The verb is impossible in this state; `reason` is a word for programs, the message says what is possible."""

    def __init__(self, detail: str, reason: str) -> None:
        super().__init__(detail)
        self.reason = reason
