"""The project as a whole: sizes of files, the lock, versions, and names that must not stand in it."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections import Counter
from importlib import metadata
from pathlib import Path
from typing import Any

import grimp
import networkx as nx
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
LONGEST = 500
MOST_MODULES = 26
"""Modules of a folder, its `__init__` included."""
FOLDERS = ("model", "tests", "scenarios", "experiments", "docs", ".ci")
SINGLE = ("README.md", "Makefile", "pyproject.toml", "requirements.lock", "CHANGELOG.md", "CITATION.cff")
TEXT = {".py", ".yaml", ".yml", ".toml", ".md", ".html", ".css", ".csv", ".json", ".lock", ".cff", ""}
# Built from parts: this file must pass its own check.
HOSTS = ("pypi" + ".org", "python" + "hosted.org", "index" + "-url", "find" + "-links", "file" + "://")
MACHINE = ("ro" + "ot", "ho" + "me", "wo" + "rk", "Us" + "ers")
MACHINE_PATH = re.compile(rf"(?<![\w.~/-])/(?:{'|'.join(MACHINE)})/\w")


def project_files() -> list[Path]:
    """Files of the project; caches and what the tools write are no part of it."""
    inside = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file()]
    kept = [path for path in inside if "__pycache__" not in path.parts and path.suffix in TEXT]
    return sorted(kept) + [ROOT / name for name in SINGLE]


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def lock() -> list[Requirement]:
    return [Requirement(line.partition("--hash")[0]) for line in locked()]


def locked() -> list[str]:
    """Return the entries of the lock, each on one line with its hashes."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8").replace("\\\n", "")
    return [line for line in text.splitlines() if not line.startswith("#")]


def in_force(requirement: Requirement, python: str = "", extra: str = "") -> bool:
    version = {"python_version": python, "python_full_version": f"{python}.9"}
    environment = {"extra": extra} | (version if python else {})
    return requirement.marker is None or requirement.marker.evaluate(environment)


def pinned(python: str = "") -> dict[str, str]:
    """Return version by name for a version of Python, for the running one if left out."""
    chosen = [entry for entry in lock() if in_force(entry, python)]
    names = [canonicalize_name(entry.name) for entry in chosen]
    assert len(names) == len(set(names)), f"a package is pinned twice for Python {python}"
    return {name: str(entry.specifier).removeprefix("==") for name, entry in zip(names, chosen, strict=True)}


def test_no_file_is_too_long() -> None:
    code = [path for path in project_files() if path.suffix == ".py"]
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in code
    }
    assert len(lengths) > 50
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST} == {}


def test_no_package_host_and_no_path_of_a_machine_is_named() -> None:
    named = []
    for path in project_files():
        text = path.read_text(encoding="utf-8", errors="replace")
        named += [f"{path.relative_to(ROOT)}: {host}" for host in HOSTS if host in text]
        named += [f"{path.relative_to(ROOT)}: {found[0]}" for found in MACHINE_PATH.finditer(text)]
    assert named == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [("/" + "root/x", True), ("a/" + "home/x", False), ("see /" + "work/main", True), ("and/or", False)],
)
def test_paths_of_a_machine_are_recognised(text: str, expected: bool) -> None:
    assert bool(MACHINE_PATH.search(text)) == expected


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
def test_the_lock_holds_an_exact_version_of_every_dependency(python: str) -> None:
    parts = project()["project"]
    wanted = [*parts["dependencies"], *project()["build-system"]["requires"]]
    wanted += [line for lines in parts["optional-dependencies"].values() for line in lines]
    versions = pinned(python)
    for requirement in map(Requirement, wanted):
        if requirement.name == parts["name"]:  # the extra that holds the others
            continue
        name = canonicalize_name(requirement.name)
        assert name in versions, f"{requirement.name} is not in requirements.lock for Python {python}"
        assert requirement.specifier.contains(versions[name], prereleases=True), (
            f"{requirement} does not allow {versions[name]}"
        )
    for entry in lock():
        exact = [clause.operator for clause in entry.specifier]
        assert exact == ["=="], f"{entry} is not an exact version"
        assert "*" not in str(entry.specifier)
        assert entry.url is None


def test_the_lock_holds_hashes_and_nothing_else() -> None:
    for line in locked():
        entry, *hashes = re.split(r"\s+--hash=", line)
        assert Requirement(entry).name
        assert hashes
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", each) for each in hashes)


def test_the_lock_holds_what_the_dependencies_need_in_turn() -> None:
    versions = pinned()
    lacking = []
    for name in versions:
        try:
            needs = metadata.requires(name) or []
        except metadata.PackageNotFoundError:  # another environment than the lock's runs the tests
            continue
        for requirement in map(Requirement, needs):
            wanted = in_force(requirement)
            if wanted and canonicalize_name(requirement.name) not in versions:
                lacking.append(f"{name} needs {requirement.name}")
    assert lacking == []


def test_the_version_is_the_same_everywhere() -> None:
    version = project()["project"]["version"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    heads = re.findall(
        r"^## \[(\d[^\]]*)\] - (\S+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert citation["version"] == version
    assert heads[0] == (version, str(citation["date-released"]))


def test_the_citation_has_what_the_format_asks_for() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= set(citation)
    assert citation["license"] == project()["project"]["license"]


def lint(source: str) -> str:
    command = [sys.executable, "-m", "ruff", "check", "--select", "TID251", "--output-format", "concise"]
    done = subprocess.run(
        [*command, "--no-cache", "--stdin-filename", "tests/example.py", "-"],
        input=source,
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    return done.stdout


@pytest.mark.parametrize("source", ["import model.ankomst\n", "from model.ankomst import errors\n"])
def test_the_package_is_not_imported_by_its_folder(source: str) -> None:
    assert "TID251" in lint(source)
    assert "TID251" not in lint(source.replace("model.", ""))


def test_model_is_a_source_root_and_no_package() -> None:
    assert not (ROOT / "model" / "__init__.py").exists()
    assert project()["tool"]["hatch"]["build"]["targets"]["wheel"]["sources"]["model/ankomst"] == "ankomst"


def test_the_makefile_has_its_targets() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", text, re.MULTILINE))
    assert {"help", "install", "demo", "test", "lint", "bench", "clean"} <= targets


def test_the_check_of_a_submission_can_be_started() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert script.read_text(encoding="utf-8").startswith("#!/usr/bin/env bash\n")


@pytest.fixture(scope="module")
def odd() -> str:
    return (ROOT / "docs" / "ODD.md").read_text(encoding="utf-8")


def test_the_protocol_has_the_headings_of_odd(odd: str) -> None:
    elements = (
        "Purpose and patterns",
        "Entities, state variables and scales",
        "Process overview and scheduling",
        "Design concepts",
        "Initialization",
        "Input data",
        "Submodels",
    )
    found = re.findall(r"^## \d+\. (.+)$", odd, re.MULTILINE)
    assert tuple(found[: len(elements)]) == elements
    for concept in (
        *("Basic principles", "Emergence", "Adaptation", "Objectives", "Learning", "Prediction"),
        *("Sensing", "Interaction", "Stochasticity", "Collectives", "Observation"),
    ):
        assert f"**{concept}.**" in odd


def test_the_protocol_prints_the_month_as_it_is_carried_out(odd: str) -> None:
    from ankomst.simulation.engine import MONTH

    assert "\n".join(str(step) for step in MONTH) in odd


def test_the_protocol_names_every_parameter_item_status_and_outcome(odd: str) -> None:
    from ankomst.policy.parameters import load_registry
    from ankomst.simulation.codes import ITEMS, STATUSES
    from ankomst.simulation.outcomes import OUTCOMES

    parameters = {name.split(".", 1)[1] for name in load_registry()}
    lacking = [name for name in (*sorted(parameters), *ITEMS, *STATUSES, *OUTCOMES) if f"`{name}`" not in odd]
    assert lacking == []


def test_the_protocol_names_every_assumption_as_one(odd: str) -> None:
    from ankomst.policy.parameters import load_registry

    listed = odd.split("### 7.16 Assumptions")[1].split("Parameters with evidence", maxsplit=1)[0]
    assumed = {
        name.split(".", 1)[1] for name, entry in load_registry().items() if entry.grade == "assumption"
    }
    assert set(re.findall(r"`(\w+)`", listed)) - {"ankomst"} == assumed


def test_files_and_functions_that_the_protocol_names_exist(odd: str) -> None:
    from ankomst.policy.parameters import load_registry
    from ankomst.policy.scenario import Scenario

    levers = set(load_registry()) | {
        f"{section}.{key}"
        for section, field in Scenario.model_fields.items()
        for key in getattr(field.annotation, "model_fields", ())
    }
    inside = [*(ROOT / "model").rglob("*"), *(ROOT / "tests").rglob("*")]
    files: dict[str, list[Path]] = {}
    for path in inside:
        if path.is_file():
            files.setdefault(path.name, []).append(path)
    named = set(re.findall(r"`(?:\w+/)*(\w+\.(?:py|yaml|csv))`", odd))
    assert named
    assert named <= set(files)
    functions = {
        (file, name)
        for file, name in re.findall(r"`(\w+)\.(?:[A-Z]\w+\.)?(\w+)`", odd)
        if f"{file}.py" in files and f"{file}.{name}" not in named | levers
    }
    assert len(functions) > 20
    lacking = [
        f"{file}.{name}"
        for file, name in sorted(functions)
        if not any(
            re.search(rf"^\s*(?:def|class) {name}\b|^{name}\b", path.read_text("utf-8"), re.MULTILINE)
            for path in files[f"{file}.py"]
        )
    ]
    assert lacking == []


def test_no_folder_of_the_program_has_too_many_modules() -> None:
    sizes = Counter(str(path.parent.relative_to(ROOT)) for path in (ROOT / "model").rglob("*.py"))
    assert {name: size for name, size in sizes.items() if size > MOST_MODULES} == {}


def test_kernels_are_made_of_their_folder_and_the_codes() -> None:
    """The cache of machine code is named by a hash of these files: one that is missing could go stale."""
    graph = grimp.build_graph("ankomst", cache_dir=None)
    kernels = {"ankomst.simulation.kernels", *graph.find_descendants("ankomst.simulation.kernels")}
    used = {other for module in kernels for other in graph.find_modules_directly_imported_by(module)}
    assert used - kernels == {"ankomst.simulation.codes"}


def test_no_name_of_a_class_is_used_twice() -> None:
    names = Counter(
        node.name
        for path in (ROOT / "model").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    )
    assert {name for name, uses in names.items() if uses > 1} == set()


def test_there_is_no_import_cycle() -> None:
    graph = grimp.build_graph("ankomst", exclude_type_checking_imports=False, cache_dir=None)
    arrows = nx.DiGraph(
        (module, other)
        for module in graph.modules
        for other in graph.find_modules_directly_imported_by(module)
    )
    assert [sorted(cycle) for cycle in nx.strongly_connected_components(arrows) if len(cycle) > 1] == []
