"""What every service is told by its environment, read once when it starts."""

from base64 import b64decode
from binascii import Error as Base64Error
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

OFFSETS = {"desk": 0, "intake": 1, "routing": 2, "sla": 3, "notify": 4, "csi": 5}
KEY_BYTES = 32


def _holds_a_key(secret: SecretStr) -> SecretStr:
    key_bytes(secret)
    return secret


def key_bytes(secret: SecretStr) -> bytes:
    """The 32 bytes that a base64 secret holds; ValueError when it holds anything else."""
    try:
        key = b64decode(secret.get_secret_value(), validate=True)
    except Base64Error:
        raise ValueError("must be base64") from None
    if len(key) != KEY_BYTES:
        raise ValueError(f"must be base64 of {KEY_BYTES} bytes, not of {len(key)}")
    return key


Key = Annotated[SecretStr, AfterValidator(_holds_a_key)]
Port = Annotated[int, Field(ge=1, le=65535)]


class Settings(BaseSettings):
    """The settings common to all services, from `REGLAMENT_…` variables; an empty variable counts as absent."""

    model_config = SettingsConfigDict(
        env_prefix="REGLAMENT_", frozen=True, extra="ignore", env_ignore_empty=True, hide_input_in_errors=True
    )

    database_url: SecretStr | None = None
    nats_url: SecretStr | None = None
    host: str = "127.0.0.1"
    port: Port | None = None
    port_base: Annotated[int, Field(ge=1, le=65500)] = 8000
    keys: Path | None = None
    master_key: Key | None = None
    token_secret: Key | None = None
    public_url: str = "http://127.0.0.1:8005"
    regulations: Path = Path("regulations")
    mail_domain: str = "desk.example"
    installation: str = "reglament"

    def port_for(self, service: str) -> int:
        """The port a service listens on: its own setting, else its place above the port base."""
        if self.port is not None:
            return self.port
        if service not in OFFSETS:
            raise ValueError(f"{service} has no default port: set REGLAMENT_PORT")
        return self.port_base + OFFSETS[service]
