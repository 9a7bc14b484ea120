"""The smallest words of our contract for channel adapters: texts, people, files."""

from datetime import UTC, datetime
from typing import Annotated, Self

from pydantic import AfterValidator, AliasChoices, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, HttpUrl
from pydantic import model_validator as checked

from intake.reading.cleaning import clean
from intake.reading.message import SUBJECT_LIMIT, TEXT_LIMIT


def _cleaned(value: object) -> object:
    return clean(value) if isinstance(value, str) else value


def _bounded(text: str) -> str:
    if len(text.encode("utf-8")) > TEXT_LIMIT:
        raise ValueError("Send at most 256 KiB of text; put longer logs into an attachment.")
    return text


def _in_utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("Send a moment between the years 1 and 9999 in UTC.") from error


CLEANED = BeforeValidator(_cleaned)
"""Stands last, so that the bounds before it belong to the text and are checked where the text is read."""
Line = Annotated[str, Field(max_length=255), CLEANED]
Id = Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[^\s].*$"), CLEANED]
Email = Annotated[str, Field(max_length=255, pattern=r"^[^\s<>,;@]+@[^\s<>,;@]+$"), CLEANED]
Language = Annotated[str, Field(max_length=255, pattern=r"^[A-Za-z0-9-]{2,35}$"), CLEANED]
MediaType = Annotated[str, Field(max_length=255, pattern=r"^[\w!#$&^.+-]+/[\w!#$&^.+-]+$"), CLEANED]
Subject = Annotated[str, Field(max_length=SUBJECT_LIMIT), CLEANED]
Text = Annotated[str, Field(max_length=TEXT_LIMIT), CLEANED, AfterValidator(_bounded)]
Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]


class Contract(BaseModel):
    """Frozen; unknown fields are passed over, so that adapters may be newer than we are."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Person(Contract):
    """A person as the adapter's system knows him or her."""

    id: Id = Field(description="The person's id in the channel, stable for ever.", examples=["client-551"])
    name: Line = Field(
        default="",
        description="The name to show.",
        examples=["Мария Соколова"],
        validation_alias=AliasChoices("name", "display_name"),
    )
    email: Email | None = Field(
        default=None,
        description="Where mail reaches the person, if the channel knows.",
        examples=["m.sokolova@example.ru"],
    )
    language: Language | None = Field(default=None, description="BCP 47 tag of the person's language.", examples=["ru"])


class Reference(Contract):
    """A file by its address or by the hash of a blob uploaded before; files never travel inline."""

    name: Line = Field(description="The file's name.", examples=["screen.png"])
    media_type: MediaType = Field(
        default="application/octet-stream",
        description="The file's media type.",
        examples=["image/png"],
        validation_alias=AliasChoices("media_type", "content_type"),
    )
    url: Annotated[HttpUrl, Field(max_length=2048)] | None = Field(
        default=None, description="Where we may fetch the file.", examples=["https://cabinet.example.ru/f/1"]
    )
    sha256: str | None = Field(
        default=None,
        description="SHA-256 of an uploaded blob, lower-case hex.",
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
        pattern=r"^[0-9a-f]{64}$",
    )

    @checked(mode="after")
    def _one_source(self) -> Self:
        if (self.url is None) == (self.sha256 is None):
            raise ValueError("Give an attachment either a url or a sha256.")
        return self
