"""The house style as tests: what reviewers would otherwise have to say again and again."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for pattern in ("libs/*/src", "services/*/src", "reglament/src") for path in ROOT.glob(pattern))
MODULES = sorted(path for source in SOURCES for path in source.rglob("*.py"))
DOMAINS = [path for path in MODULES if "domain" in path.parts]
TESTS = sorted(path for path in ROOT.rglob("test_*.py") if not {".venv", ".uv"} & set(path.parts))
TEXTS = [
    path
    for pattern in ("*.md", "*.toml", "*.yml", "*.yaml", "*.sql", "*.py", "Makefile", "Dockerfile", "Caddyfile")
    for path in ROOT.rglob(pattern)
    if not {".venv", ".uv", ".git", ".reglament", "node_modules"} & set(path.parts)
]

LONGEST_FUNCTION = 25
LONGEST_MODULE = 200
DEEPEST = 3
LONGEST_POLL = 0.2
VAGUE = {"utils", "util", "helpers", "helper", "common", "core", "base", "manager", "processor", "handler", "misc"}

named = pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
pure = pytest.mark.parametrize("module", DOMAINS, ids=lambda path: str(path.relative_to(ROOT)))


def tree(module: Path) -> ast.Module:
    return ast.parse(module.read_text(encoding="utf-8"))


def functions(module: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree(module)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of the body without its docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def depth(node: ast.AST, level: int = 0) -> int:
    """How deep blocks nest below this node."""
    blocks = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.With, ast.AsyncWith, ast.Match)
    chained = node.orelse if isinstance(node, ast.If) and len(node.orelse) == 1 else []  # an elif nests nothing
    inner = [
        depth(child, level + (isinstance(child, blocks) and child not in chained))
        for child in ast.iter_child_nodes(node)
    ]
    return max([level, *inner])


@named
def test_functions_fit_a_glance(module: Path) -> None:
    long = [f"{f.name}: {length(f)} lines" for f in functions(module) if length(f) > LONGEST_FUNCTION]

    assert long == []


@named
def test_blocks_do_not_nest_deeply(module: Path) -> None:
    deep = [f"{f.name}: {depth(f)} deep" for f in functions(module) if depth(f) > DEEPEST]

    assert deep == []


@named
def test_modules_have_one_reason(module: Path) -> None:
    only_data = not any(functions(module))
    assert only_data or len(module.read_text().splitlines()) <= LONGEST_MODULE
    assert module.stem not in VAGUE


@named
def test_every_module_says_what_it_is(module: Path) -> None:
    assert ast.get_docstring(tree(module))


@pure
def test_verbs_decide_and_participles_evolve(module: Path) -> None:
    broken = [
        f"{aggregate.name}.{method.name}"
        for aggregate in ast.walk(tree(module))
        if isinstance(aggregate, ast.ClassDef) and "Aggregate" in map(ast.unparse, aggregate.bases)
        for method in aggregate.body
        if isinstance(method, ast.FunctionDef) and (refuses(method) if evolves(method) else assigns(method))
    ]

    assert broken == []


def evolves(method: ast.FunctionDef) -> bool:
    return any(ast.unparse(each).startswith("event(") for each in method.decorator_list)


def refuses(method: ast.FunctionDef) -> bool:
    """A participle that raises would make an accepted past impossible to replay."""
    return any(isinstance(node, ast.Raise) for node in ast.walk(method))


def assigns(method: ast.FunctionDef) -> bool:
    """A verb that changes the state itself records nothing."""
    targets = [
        target
        for node in ast.walk(method)
        if isinstance(node, ast.Assign | ast.AugAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
    ]
    return any(ast.unparse(target).startswith("self.") for target in targets)


@pure
def test_domains_read_no_clock_and_no_randomness(module: Path) -> None:
    found = re.findall(
        r"datetime\.now|time\.time|monotonic\(|\brandom\b|uuid4|uuid7|urandom|secrets\.", module.read_text()
    )

    assert found == []


@pytest.mark.parametrize("module", TESTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_tests_neither_mock_nor_wait_a_fixed_time(module: Path) -> None:
    mocks = [
        node for node in ast.walk(tree(module)) if isinstance(node, ast.ImportFrom) and "mock" in (node.module or "")
    ]
    waits = [ast.unparse(call) for test in functions(module) if test.name.startswith("test_") for call in waiting(test)]

    assert mocks == []
    assert waits == []


def waiting(test: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.Call]:
    """Sleeps of a test itself that are longer than a poll."""
    for node in ast.walk(test):
        sleeps = isinstance(node, ast.Call) and ast.unparse(node.func) in {"time.sleep", "asyncio.sleep"}
        if sleeps and isinstance(node.args[0], ast.Constant) and float(node.args[0].value) > LONGEST_POLL:
            yield node


def test_nothing_names_a_machine_or_a_workplace() -> None:
    forbidden = re.compile("|".join(("/work" + "/", "far" + "m-", r"\.lib" + "rary/", "/ro" + "ot/")))

    found = [
        str(path.relative_to(ROOT))
        for path in TEXTS
        if forbidden.search(path.read_text(encoding="utf-8", errors="replace"))
    ]

    assert found == []


def test_the_rules_catch_a_planted_violation() -> None:
    planted = ast.parse(
        "class Clock(Aggregate):\n def pause(self):\n  self.state = 1\n"
        " @event('Paused')\n def _paused(self, said):\n  raise X"
    )
    verb, participle = (node for node in ast.walk(planted) if isinstance(node, ast.FunctionDef))

    assert assigns(verb)
    assert refuses(participle)
