"""Every command, variable, port and path that the deployment borrows from the code is one the code has."""

# ruff: noqa: ANN001 - the types of conftest.py cannot be imported where pytest imports by path

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from eventlog.migrate import WRITERS
from reglament.cli import COMMANDS
from servicekit.health import PATHS

ROOT = Path(__file__).parents[2]
SERVICES = ("intake", "routing", "sla", "notify", "csi")
DOUBLES = ("mail", "telegram")
ALWAYS_NEEDED = {"database_url", "nats_url", "master_key", "keys", "host"}
DEFAULTS_DO = {"port", "port_base", "mail_channels", "regulation"}


def commands_exist(d, facts) -> Iterator[str]:
    for name in (*SERVICES, *DOUBLES, "migrate", "alerts"):
        python, dash_m, module, *words = d.services[name]["command"]
        if (python, dash_m) != ("python", "-m"):
            yield f"{name} does not run a module"
        elif module == "servicekit.serve":
            yield from [] if words == [name] else [f"{name} serves {words}"]
        elif module == "reglament":
            yield from (f"reglament {word}" for word in words if word not in COMMANDS)
        else:
            yield from unknown_flags(module, words)


def unknown_flags(module: str, words: list[str]) -> Iterator[str]:
    source = main_of(module)
    text = source.read_text() if source.exists() else ""
    asked = [word for word in words if word.startswith("--") and word != "--host"]
    yield from (f"{module} {word}" for word in asked if f'"{word}"' not in text)


def main_of(module: str) -> Path:
    return ROOT / "reglament/src" / module.replace(".", "/") / "__main__.py"


def variables_are_settings(d, facts) -> Iterator[str]:
    for name, found in facts.items():
        given = {k.removeprefix("REGLAMENT_").lower() for k in d.environment(name) if k.startswith("REGLAMENT_")}
        needed = ALWAYS_NEEDED | (found.read & found.fields) - DEFAULTS_DO
        yield from (f"{name} knows no {field}" for field in given - found.fields)
        yield from (f"{name} is not told {field}" for field in needed - given)
    source = (ROOT / "reglament/src/reglament/migrate.py").read_text()
    told = set(d.environment("migrate"))
    if told != {"REGLAMENT_OWNER_URL", "REGLAMENT_ROLE_PASSWORDS"} or any(name not in source for name in told):
        yield f"migrate is told {told}"
    command = (ROOT / "reglament/src/reglament/alerts/command.py").read_text()
    yield from (
        f"alerts knows no {name}" for name in set(d.environment("alerts")) - {"REGLAMENT_DATA"} if name not in command
    )


def checks_ask_the_right_port(d, facts) -> Iterator[str]:
    for name, found in facts.items():
        [(port, path)] = re.findall(r"http://127\.0\.0\.1:(\d+)(/\w+)", d.services[name]["healthcheck"]["test"][-1])
        if int(port) != found.port or path not in PATHS:
            yield f"{name} is asked at {port}{path}"
    for name, text, pattern in (("nats", "nats", r'http: "127.0.0.1:{}"'), ("caddy", "caddy", "http://127.0.0.1:{}")):
        port = urlsplit(d.services[name]["healthcheck"]["test"][-1]).port
        yield from [] if pattern.format(port) in d.texts[text] else [f"{name} does not listen on {port}"]


def caddy_rules(d) -> list[tuple[str, list[str], str]]:
    handled = re.findall(r"handle @(\w+) \{\s*reverse_proxy (\S+) \{", d.texts["caddy"])
    patterns = dict(re.findall(r"@(\w+) path (.+)", d.texts["caddy"]))
    return [(name, patterns[name].split(), upstream) for name, upstream in handled]


def matches(pattern: str, path: str) -> bool:
    star = re.escape(pattern).replace(r"\*", "[^/]+")
    return re.fullmatch(re.escape(pattern[:-1]) + ".*" if pattern.endswith("/*") else star, path) is not None


def caddy_leads_every_door_home(d, facts) -> Iterator[str]:
    rules, used = caddy_rules(d), set()
    for name, found in facts.items():
        for door in set(found.doors) - PATHS:
            path = re.sub(r"\{\w+(:\w+)?\}", "x1", door)
            hit = next(((p, up) for _, ps, up in rules for p in ps if matches(p, path)), (None, "nowhere"))
            used.add(hit)
            yield from [] if hit[1] == f"{name}:{found.port}" else [f"{name}'s {door} leads to {hit[1]}"]
    there = [(p, up) for _, ps, up in rules for p in ps if up.split(":")[0] in facts]
    yield from (f"{pattern} leads to no door of {up}" for pattern, up in there if (pattern, up) not in used)


def files_are_told_what_they_read(d, facts) -> Iterator[str]:
    wanted = {
        "caddy": re.findall(r"\{\$([A-Z_]+)", d.texts["caddy"]),
        "nats": re.findall(r"\$([A-Z_]+_[A-Z]+)", d.texts["nats"]),
        "postgres": re.findall(r"\\getenv \w+ (\w+)", d.texts["owner"]),
    }
    for service, names in wanted.items():
        yield from (f"{service} is not told {name}" for name in names if name not in d.environment(service))
        yield from [] if names else [f"{service}'s file reads nothing: has its form changed?"]


def database_roles_fit(d, facts) -> Iterator[str]:
    passwords = json.loads(d.environment("migrate")["REGLAMENT_ROLE_PASSWORDS"])
    yield from (f"role {role} on one side only" for role in set(passwords) ^ {*WRITERS, "ops"})
    for name in SERVICES:
        wanted = f"postgresql://reglament_{name}:{passwords.get(name)}@postgres:5432/reglament"
        yield from [] if d.environment(name)["REGLAMENT_DATABASE_URL"] == wanted else [f"{name} is not its own role"]


CHECKS = (
    commands_exist, variables_are_settings, checks_ask_the_right_port, caddy_leads_every_door_home,
    files_are_told_what_they_read, database_roles_fit,
)  # fmt: skip


def environment(service: str, name: str) -> tuple[str, ...]:
    return ("compose", "services", service, "environment", name)


def of(service: str, *place: str | int) -> tuple[str | int, ...]:
    return ("compose", "services", service, *place)


READYZ = "import urllib.request as u; u.urlopen('http://127.0.0.1:{}', timeout=2)"
MISTAKES = (
    (commands_exist, of("sla", "command", 3), "clock"),
    (commands_exist, of("migrate", "command", 3), "migrations"),
    (commands_exist, of("mail", "command", 5), "--smtp"),
    (commands_exist, of("telegram", "command", 2), "reglament.doubles.viber"),
    (variables_are_settings, environment("notify", "REGLAMENT_SMTP"), "smtp://mail"),
    (variables_are_settings, environment("notify", "REGLAMENT_SMTP_URL"), None),
    (variables_are_settings, environment("routing", "REGLAMENT_MASTER_KEY"), None),
    (variables_are_settings, environment("intake", "REGLAMENT_TOKEN_SECRET"), None),
    (variables_are_settings, environment("migrate", "REGLAMENT_OWNER_URL"), None),
    (commands_exist, of("alerts", "command", 3), "alarms"),
    (variables_are_settings, environment("alerts", "REGLAMENT_ALERTS_HOOK"), "https://ops.example"),
    (checks_ask_the_right_port, of("intake", "healthcheck", "test", 3), READYZ.format("8002/readyz")),
    (checks_ask_the_right_port, of("notify", "healthcheck", "test", 3), READYZ.format("8004/ready")),
    (checks_ask_the_right_port, of("nats", "healthcheck", "test", 5), "http://127.0.0.1:8223/healthz"),
    (checks_ask_the_right_port, ("text", "caddy"), ("127.0.0.1:2020", "127.0.0.1:2021")),
    (caddy_leads_every_door_home, ("text", "caddy"), ("/messages ", "/message ")),
    (caddy_leads_every_door_home, ("text", "caddy"), ("notify:8004", "notify:8005")),
    (caddy_leads_every_door_home, ("text", "caddy"), (" /tickets/*/take", "")),
    (caddy_leads_every_door_home, ("text", "caddy"), (" /queues", " /queues /lines")),
    (files_are_told_what_they_read, ("text", "caddy"), ("{$SITE_ADDRESS}", "{$SITE_NAME}")),
    (files_are_told_what_they_read, of("nats", "environment"), {}),
    (files_are_told_what_they_read, environment("postgres", "OWNER_PASSWORD"), None),
    (database_roles_fit, environment("migrate", "REGLAMENT_ROLE_PASSWORDS"), '{"intake": "x"}'),
    (database_roles_fit, environment("sla", "REGLAMENT_DATABASE_URL"), "postgresql://reglament_owner:x@postgres"),
)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_deployment_says_what_the_code_says(check, deployment, facts) -> None:
    assert list(check(deployment, facts)) == []


@pytest.mark.parametrize(("check", "place", "value"), MISTAKES)
def test_planted_mistake_is_found(check, place, value, deployment, facts) -> None:
    before = set(check(deployment, facts))
    assert set(check(deployment.with_mistake(place, value), facts)) - before, "the mistake went unnoticed"


@pytest.mark.parametrize("name", SERVICES)
def test_service_starts_with_the_environment_of_its_container(name: str, facts) -> None:
    if name not in facts:
        pytest.skip(f"services/{name} has no app.py yet, so nothing about {name} is checked")
    assert "/readyz" in facts[name].doors


@pytest.mark.parametrize("name", DOUBLES)
def test_double_can_be_reached_from_another_container(name: str, deployment) -> None:
    module, *words = deployment.services[name]["command"][2:]
    if '"--host"' not in main_of(module).read_text():
        pytest.skip(f"python -m {module} listens on 127.0.0.1 only, it has no --host yet: --profile demo cannot work")
    assert words[words.index("--host") + 1] == "0.0.0.0"  # noqa: S104
