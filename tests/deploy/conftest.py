"""What the deployment names, and what the code says about the same things."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from operator import getitem
from pathlib import Path
from types import MappingProxyType

import pytest
import yaml

ROOT = Path(__file__).parents[2]
SERVICES = ("intake", "routing", "sla", "notify", "csi")
VARIABLE = re.compile(r"\$\{([A-Z_]+)(?::([-?])([^}]*))?\}")
PROBE = """
import importlib, json, sys
from importlib.util import find_spec
from servicekit.settings import Settings
name = sys.argv[1]
module = importlib.import_module(f"{name}.settings") if find_spec(f"{name}.settings") else None
own = [c for c in vars(module).values() if isinstance(c, type) and issubclass(c, Settings)] if module else []
chosen = max(own, key=lambda c: len(c.__mro__), default=Settings)
app = importlib.import_module(f"{name}.app").create()
print(json.dumps({"doors": list(app.openapi()["paths"]), "fields": list(chosen.model_fields),
                  "port": chosen().port_for(name)}))
"""


@dataclass(frozen=True)
class Facts:
    """What one service's code says: its doors, its settings, those it reads, its port."""

    doors: tuple[str, ...]
    fields: frozenset[str]
    read: frozenset[str]
    port: int


@dataclass(frozen=True)
class Deployment:
    """Everything written for containers, as read from the repository or with a planted mistake."""

    compose: dict[str, dict]
    texts: Mapping[str, str]
    collector: dict[str, dict]

    @property
    def services(self) -> dict[str, dict]:
        """The containers by name."""
        return self.compose["services"]

    def environment(self, service: str) -> dict[str, str]:
        """One container's variables, not interpolated."""
        return self.services[service].get("environment", {})

    def with_mistake(self, place: tuple[str | int, ...], value: object) -> "Deployment":
        """The same with another value at one place, or without it (None); in a text, `value` is (old, new)."""
        if place[0] == "text":
            old, new = value
            text = self.texts[place[1]]
            assert old in text, f"{place[1]} does not say {old!r}: the mistake must be planted elsewhere"
            return replace(self, texts={**self.texts, place[1]: text.replace(old, new)})
        changed = json.loads(json.dumps({"compose": self.compose, "collector": self.collector}))
        *way, last = place
        target = reduce(getitem, way, changed)
        if value is None:
            del target[last]
        else:
            target[last] = value
        return replace(self, **changed)


def interpolated(text: str, values: Mapping[str, str]) -> str:
    """What compose makes of a value; raises KeyError where a required variable is missing."""

    def value(found: re.Match[str]) -> str:
        name, kind, default = found.groups()
        return values.get(name) or (default if kind == "-" else values[name])

    return VARIABLE.sub(value, text)


def read_deployment() -> Deployment:
    """As the repository has it."""
    names = {
        "compose": "docker-compose.yml", "dockerfile": "deploy/Dockerfile", "caddy": "deploy/caddy/Caddyfile",
        "nats": "deploy/nats/nats.conf", "owner": "deploy/postgres/10-owner.sh", "env": ".env.example",
        "makefile": "Makefile", "embedded": "libs/embedded/pyproject.toml",
    }  # fmt: skip
    texts = {name: (ROOT / path).read_text() for name, path in names.items()}
    collector = yaml.safe_load((ROOT / "deploy/otel/collector.yaml").read_text())
    return Deployment(yaml.safe_load(texts["compose"]), MappingProxyType(texts), collector)


@pytest.fixture(scope="session")
def deployment() -> Deployment:
    return read_deployment()


@pytest.fixture(scope="session")
def made_environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the `.env` and `keyring.json` that `deploy/make-env --demo` makes."""
    into = tmp_path_factory.mktemp("made")
    words = [sys.executable, ROOT / "deploy/make-env", "--demo", "--into", into, "--ring", into / "keyring.json"]
    told = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    (into / "told").write_text(told)
    return into


def values_of(env_file: Path) -> dict[str, str]:
    """The variables of a .env file as compose reads them."""
    lines = (line for line in env_file.read_text().splitlines() if line and not line.startswith("#"))
    return {name: value.strip("'") for name, _, value in (line.partition("=") for line in lines)}


@pytest.fixture(scope="session")
def facts(deployment: Deployment, made_environment: Path) -> Mapping[str, Facts]:
    """The facts of each service that has an app by now, created with exactly what compose gives it."""
    values = values_of(made_environment / ".env")
    there = [name for name in SERVICES if (ROOT / f"services/{name}/src/{name}/app.py").exists()]
    probes = {name: probe(name, deployment.environment(name), values, made_environment) for name in there}
    return {name: outcome(name, running) for name, running in probes.items()}


def probe(name: str, environment: Mapping[str, str], values: Mapping[str, str], made: Path) -> subprocess.Popen[str]:
    """Create the app in a process of its own, whose environment is the container's but for paths."""
    inside = {key: interpolated(value, values) for key, value in environment.items() if not key.startswith("OTEL")}
    paths = {"REGLAMENT_KEYS": str(made / "keyring.json"), "PATH": os.environ["PATH"]}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen([sys.executable, "-c", PROBE, name], env=inside | paths, cwd=made, **pipes)


def outcome(name: str, running: subprocess.Popen[str]) -> Facts:
    """What the probe found."""
    told, complaint = running.communicate()
    assert running.returncode == 0, f"{name} does not start with compose's environment: {complaint[-2000:]}"
    found = json.loads(told)
    return Facts(tuple(found["doors"]), frozenset(found["fields"]), frozenset(read_in_source(name)), found["port"])


def read_in_source(name: str) -> Iterator[str]:
    """The settings that a service's code reads."""
    for module in (ROOT / f"services/{name}/src/{name}").rglob("*.py"):
        yield from re.findall(r"\bsettings\.([a-z_]+)", module.read_text())
