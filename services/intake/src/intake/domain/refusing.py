"""What people ask for and a ticket cannot do now."""


class RefusedError(ValueError):
    """The verb is impossible in this state; `reason` is a word for programs, the message says what is possible."""

    def __init__(self, detail: str, reason: str) -> None:
        super().__init__(detail)
        self.reason = reason


class MergedError(RefusedError):
    """The ticket goes on in another one, `into`, which a caller who can look it up names by its number."""

    def __init__(self, into: str) -> None:
        super().__init__(f"The ticket was merged: go on in {into}, or unmerge it.", "merged")
        self.into = into
