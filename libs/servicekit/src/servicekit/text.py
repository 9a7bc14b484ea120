"""Text from outside, without the characters that neither the log nor an answer can hold."""

import re
from typing import Annotated

from pydantic import AfterValidator

UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def clean(text: str) -> str:
    """The text without NUL and lone surrogates, which a JSON body may carry and PostgreSQL and UTF-8 refuse."""
    return text if storable(text) else UNSTORABLE.sub("", text)


def storable(text: str) -> bool:
    """Whether the text has none of them, which is said faster than where they are."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in text


Text = Annotated[str, AfterValidator(clean)]
