"""Raw input and files, kept as encrypted blobs before anything is decided about them."""

import hashlib

from contracts.intake import Attachment
from eventlog.postgres import PostgresLog
from eventlog.vault import Vault

from intake.reaching import store_awaited
from intake.reading.message import Attachment as File


async def keep(log: PostgresLog, content: bytes, owner: str) -> str:
    """Keep these bytes and give their hash; raises LogUnavailableError where they cannot be kept."""
    with store_awaited():
        return await log.blobs.put(content, owner)


async def kept(log: PostgresLog, files: tuple[File, ...], owner: str) -> tuple[Attachment, ...]:
    """The files as events name them: content becomes a blob, a reference stays one."""
    return tuple([await _kept(log, file, owner) for file in files]) if files else ()


async def _kept(log: PostgresLog, file: File, owner: str) -> Attachment:
    named = file.source.removeprefix("sha256:") if file.source.startswith("sha256:") else ""
    blob = named if file.source else await keep(log, file.content, owner)
    return Attachment(
        name=file.name,
        media_type=file.media_type,
        size=len(file.content),
        blob=blob,
        source="" if named else file.source,
    )


def content_digest(vault: Vault, content: bytes) -> str:
    """What two messages of one id are told apart by: keyed, so that nobody can guess short texts from it."""
    return vault.alias("digest", hashlib.sha256(content).hexdigest())
