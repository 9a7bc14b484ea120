"""Raw messages and attachments: encrypted bytes under the SHA-256 of their content, deletable, outside the log."""

import asyncio
import hashlib
import os

import asyncpg

from eventlog.sealing import NONCE
from eventlog.vault import Vault

PUT = "insert into vault.blobs (hash, owner, size, content) values ($1, $2, $3, $4) on conflict (hash) do nothing"
LARGEST = 32 * 1024 * 1024
"""Bytes one blob may have; doors refuse larger bodies before they come here."""


class Blobs:
    """A table of encrypted blobs; `owner` says whose they are, so that forgetting someone deletes them."""

    def __init__(self, pool: asyncpg.Pool, vault: Vault) -> None:
        self._pool = pool
        self._vault = vault

    async def put(self, content: bytes, owner: str) -> str:
        """Keep these bytes and give their hash; the same bytes are kept once."""
        if len(content) > LARGEST:
            raise ValueError(f"a blob of {len(content)} bytes is over the limit of {LARGEST}")
        digest, box = await asyncio.to_thread(self._seal, content)
        await self._pool.execute(PUT, digest, owner, len(content), box)
        return digest

    async def get(self, digest: str) -> bytes | None:
        """The bytes under this hash, or None if they were never kept or are forgotten."""
        box = await self._pool.fetchval("select content from vault.blobs where hash = $1", digest)
        if box is None:
            return None
        return self._vault.blob_key(digest).decrypt(box[:NONCE], box[NONCE:], digest.encode())

    def _seal(self, content: bytes) -> tuple[str, bytes]:
        digest = hashlib.sha256(content).hexdigest()
        nonce = os.urandom(NONCE)
        return digest, nonce + self._vault.blob_key(digest).encrypt(nonce, content, digest.encode())
