"""What `reglament up` runs beside PostgreSQL and NATS: which programs, on which ports, told what."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec
from embedded.child import Program

from reglament.credentials import Credentials
from reglament.place import Place
from reglament.service import Service

SERVICES = ("intake", "routing", "sla", "notify", "csi")
OWNERS = frozenset({"REGLAMENT_OWNER_URL", "REGLAMENT_ROLE_PASSWORDS"})
"""What the supervisor may know and no service needs."""
CALM = "/_ctl"
"""What a double answers at once, whatever it holds."""


def role_url(owner_url: str, service: str, password: str) -> str:
    """The database URL of the role `reglament_<service>`, at the owner's server and database."""
    scheme, _, address = owner_url.partition("://")
    return f"{scheme}://reglament_{service}:{password}@{address.rpartition('@')[2]}"


def _regulations() -> str:
    """`regulations/` here, or the one of the checkout this code lies in."""
    checkout = Path(__file__).resolve().parents[3]
    here = Path.cwd()
    return str(next((d / "regulations" for d in (here, checkout) if (d / "regulations").is_dir()), "regulations"))


def _defaults(place: Place, secret: Credentials) -> dict[str, str]:
    """Settings that the caller's environment may override."""
    return {
        "REGLAMENT_HOST": "127.0.0.1",
        "REGLAMENT_PUBLIC_URL": place.url("csi"),
        "REGLAMENT_REGULATIONS": _regulations(),
        "REGLAMENT_MAIL_DOMAIN": "desk.example",
        "REGLAMENT_INSTALLATION": secret.installation,
        "REGLAMENT_MASTER_KEY": secret.master_key,
        "REGLAMENT_TOKEN_SECRET": secret.token_secret,
    }


def _own_defaults(name: str, place: Place, secret: Credentials) -> dict[str, str]:
    """Settings that only one service is told."""
    telegram = msgspec.json.encode({"telegram": [secret.telegram_secret]}).decode()
    own = {
        "intake": {"REGLAMENT_CHANNEL_SECRETS": telegram},
        "notify": {
            "REGLAMENT_SMTP_URL": f"smtp://127.0.0.1:{place.port('smtp')}",
            "REGLAMENT_MAIL_FROM": "support@desk.example",
            "REGLAMENT_TELEGRAM_URL": place.url("telegram"),
            "REGLAMENT_TELEGRAM_TOKEN": secret.telegram_token,
        },
    }
    return own.get(name, {})


def environment(name: str, place: Place, secret: Credentials) -> Mapping[str, str]:
    """The whole environment of one service; its addresses are ours to give, the rest may come from the caller."""
    inherited = {key: value for key, value in os.environ.items() if value and key not in OWNERS}
    fixed = {
        "REGLAMENT_DATABASE_URL": role_url(place.owner_url or "", name, secret.roles[name]),
        "REGLAMENT_NATS_URL": place.nats_url or "",
        "REGLAMENT_PORT": str(place.port(name)),
        "REGLAMENT_PORT_BASE": str(place.base),
        "REGLAMENT_KEYS": str(place.key_ring),
    }
    return _defaults(place, secret) | _own_defaults(name, place, secret) | inherited | fixed


def services(place: Place, secret: Credentials) -> list[Service]:
    """The services, for a place whose PostgreSQL and NATS addresses are known."""
    return [_python(place, name, ("servicekit.serve", name), environment(name, place, secret)) for name in SERVICES]


def doubles(place: Place, secret: Credentials) -> list[Service]:
    """Stand-ins for the world: a mail server that only catches, and a Telegram."""
    smtp, web, telegram = (str(place.port(what)) for what in ("smtp", "mail", "telegram"))
    webhook = f"{place.url('intake')}/channels/telegram"
    mail = ("reglament.doubles.mail", "--smtp-port", smtp, "--http-port", web, *_kept(place, "mail"))
    chat = ("reglament.doubles.telegram", "--port", telegram, "--webhook", webhook, *_kept(place, "telegram"))
    plain = {key: value for key, value in os.environ.items() if not key.startswith("REGLAMENT_")}
    knowing = {**plain, "TELEGRAM_WEBHOOK_SECRET": secret.telegram_secret}
    return [_python(place, "mail", mail, plain, CALM), _python(place, "telegram", chat, knowing, CALM)]


def _kept(place: Place, name: str) -> tuple[str, str]:
    """Where a double keeps what it must know again after a restart, as its words."""
    return "--data", str(place.data / name)


def _python(place: Place, name: str, words: tuple[str, ...], env: Mapping[str, str], ready: str = "/readyz") -> Service:
    argv = (sys.executable, "-m", *words)
    return Service(Program(name, argv, place.log(name), place.pid_file(name), place.port(name), env), ready)
