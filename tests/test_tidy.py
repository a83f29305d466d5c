"""What the whole tree is held to: lengths, words, nothing left over, nothing missing."""

import ast
import importlib
import json
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import grimp

from ops_center.auth.model import permission_for_kind
from ops_center.kernel.events import Fact, fact_kinds

REPO = Path(__file__).resolve().parents[1]
PACKAGES = ("ops_center", "dispatch", "camera_ingest", "gis")
MADE_BY_TOOLS = {"var", "node_modules", "dist", "test-results", "__pycache__"}
LOCK_FILES = {"uv.lock", "package-lock.json"}
SOURCE = {".py", ".ts", ".tsx", ".mts", ".css", ".html", ".md", ".toml", ".yml", ".yaml", ".sh", ""}
FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 50
FILE_BYTES_MAX = 1_500_000
LANGUAGES = ("es", "gn", "en")
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b")
OF_ONE_MACHINE = re.compile(r"(?<![\w.])/(?:work|farm|home|Users)/")
WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
Definition = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def files() -> tuple[Path, ...]:
    """Every file of the tree that people wrote."""
    found = []
    for folder, below, names in os.walk(REPO):
        below[:] = [one for one in below if one not in MADE_BY_TOOLS and not one.startswith(".")]
        found += [Path(folder, name) for name in names if not name.startswith(".")]
    found += [REPO / ".ci/run", REPO / ".pre-commit-config.yaml"]
    return tuple(sorted(found))


def read(name: str) -> str:
    return (REPO / name).read_text(encoding="utf-8")


def texts() -> Iterator[tuple[str, str]]:
    for path in files():
        if path.suffix in SOURCE and path.name not in LOCK_FILES:
            yield name_of(path), read(name_of(path))


def name_of(path: Path) -> str:
    return path.relative_to(REPO).as_posix()


def product() -> list[Path]:
    """Python of the product; migrations are records of the past and may be long."""
    inside = [
        path for path in files() if path.suffix == ".py" and name_of(path).startswith(PACKAGES)
    ]
    return [path for path in inside if "migrations" not in path.parts]


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*PACKAGES, cache_dir=None)


def ours() -> dict[str, type[Fact]]:
    """Every kind of fact the product states; facts made up by tests are left out."""
    for module in graph().find_modules_that_directly_import("ops_center.kernel.events"):
        if not module.endswith("__main__"):
            importlib.import_module(module)
    return {k: f for k, f in fact_kinds().items() if f.__module__.split(".")[0] in PACKAGES}


def cells(table: str) -> Iterator[list[str]]:
    """The rows of a Markdown table whose first cell is one code word."""
    for line in table.splitlines():
        if re.match(r"\| `[^`]+` \|", line):
            yield [cell.strip().strip("`") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def names_in(path: Path) -> Iterator[str]:
    yield path.stem
    for node in ast.walk(tree_of(path)):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.ClassDef(name=name) | ast.arg(arg=name):
                yield name
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield name
            case _:
                pass


def test_product_files_are_short() -> None:
    lengths = {name_of(path): len(read(name_of(path)).splitlines()) for path in product()}
    assert {name: n for name, n in lengths.items() if n > FILE_LINES_MAX} == {}


def test_product_functions_are_short() -> None:
    long = [
        f"{name_of(path)}:{node.lineno} {node.name}"
        for path in product()
        for node in ast.walk(tree_of(path))
        if isinstance(node, Definition)
        and (node.end_lineno or node.lineno) - node.lineno >= FUNCTION_LINES_MAX
    ]
    assert long == []


def test_names_use_the_words_of_the_glossary() -> None:
    glossary = read("docs/glossary.md").partition("## Forbidden words")[2]
    forbidden = [(row[0], row[2]) for row in cells(glossary)]
    assert len(forbidden) > 10
    used = [
        f"{name_of(path)}: {name} ({word})"
        for path in product()
        for name in sorted(set(names_in(path)))
        for word, where in forbidden
        if (where == "everywhere" or name_of(path).startswith(f"{where}/"))
        and word in [part.lower() for part in WORD.findall(name)]
    ]
    assert used == []


def test_every_module_is_imported_or_can_be_started() -> None:
    unused = []
    for path in product():
        module = ".".join(path.relative_to(REPO).with_suffix("").parts)
        starts = path.name == "__main__.py" or '__name__ == "__main__"' in read(name_of(path))
        if path.name == "__init__.py" or starts:
            continue
        if not graph().find_modules_that_directly_import(module):
            unused.append(name_of(path))
    assert unused == []


def test_every_fact_is_documented_and_no_other() -> None:
    rows = cells(read("docs/events.md"))
    assert {row[0] for row in rows} == set(ours())


def test_every_fact_has_a_golden_entry_under_its_name() -> None:
    for kind in ours():
        golden = json.loads(read(f"tests/golden/{kind}.json"))
        assert kind in [entry["kind"] for entry in golden["entries"]], kind


def test_every_fact_needs_the_permission_that_is_documented() -> None:
    for kind, *_, permission in cells(read("docs/events.md")):
        assert permission_for_kind(kind) == permission, kind


def test_every_decision_stands_in_the_index() -> None:
    folder = REPO / "docs/adr"
    records = {path.name for path in folder.glob("[0-9]*.md")}
    assert records == set(re.findall(r"\]\((\d{4}-[a-z0-9-]+\.md)\)", read("docs/adr/README.md")))
    assert all(re.search(r"^> .", read(f"docs/adr/{name}"), re.MULTILINE) for name in records)


def test_every_command_of_the_readme_exists() -> None:
    commands = read("ops").rpartition("case $command in")[2]
    known = {
        word
        for label in re.findall(r"^ +([a-z |]+)\)", commands, re.MULTILINE)
        for word in label.split(" | ")
    }
    said = set(re.findall(r"\./ops ([a-z]+)", read("README.md")))
    assert {"demo", "test"} <= said <= known


def test_links_between_documents_lead_somewhere() -> None:
    broken = [
        f"{name}: {target}"
        for name, text in texts()
        if name.endswith(".md")
        for target in re.findall(r"\[[^\]]*\]\(([^)#\s]+)", text)
        if "://" not in target and not (REPO / name).parent.joinpath(target).exists()
    ]
    assert broken == []


def test_nothing_is_left_unfinished() -> None:
    assert [name for name, text in texts() if UNFINISHED.search(text)] == []


def test_nothing_names_a_path_of_one_machine() -> None:
    assert [name for name, text in texts() if OF_ONE_MACHINE.search(text)] == []


def test_no_file_is_large() -> None:
    assert [name_of(path) for path in files() if path.stat().st_size > FILE_BYTES_MAX] == []


def test_every_language_has_every_catalogue() -> None:
    folder = REPO / "frontend/src/shared/i18n/catalogues"
    held = {one: {file.name for file in folder.glob(f"{one}/*.json")} for one in LANGUAGES}
    assert held["es"]
    assert {one: held["es"] - names for one, names in held.items() if held["es"] - names} == {}
