"""The walk-through of docs/extending.md, carried out in a copy of the project."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.waiting import PATIENCE

from ankomst.simulation.kernels.compiled import source_hash

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
BLOCK = re.compile(
    r"^(?:New file `(?P<new>[^`]+)`|In `(?P<file>[^`]+)`, "
    r"(?:(?P<end>at the end)|after the line that begins with `(?P<after>[^`]+)`"
    r"|in place of `(?P<place>[^`]+)`)"
    r"):\n\n```\w+\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
WRONG = {
    "cv_matching: {share: 40}": "cv_matching.share is 40",
    "cv_matching: {month: 0}": "cv_matching.month is 0",
    "cv_matching: {shares: 0.4}": "did you mean 'share'?",
}


@dataclass(frozen=True)
class Copy:
    """A copy of the project in which the walk-through was carried out."""

    folder: Path

    def python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env=kept | {"PYTHONPATH": str(self.folder / "model"), "COLUMNS": "160"},
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )

    def ankomst(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.python("-m", "ankomst.cli", *arguments)


def apply(block: re.Match[str], folder: Path) -> Path:
    """Put a block where the line above it says."""
    text = block["text"]
    path = folder / (block["new"] or block["file"])
    if block["new"]:
        assert not path.exists(), path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path
    before = path.read_text(encoding="utf-8")
    if block["end"]:
        after = before + text
    elif block["after"]:
        (line,) = [line for line in before.splitlines(keepends=True) if line.startswith(block["after"])]
        after = before.replace(line, line + text)
    else:
        assert before.count(block["place"]) == 1
        after = before.replace(block["place"], text.rstrip("\n"))
    path.write_text(after, encoding="utf-8")
    return path


def keep_machine_code(folder: Path) -> None:
    """Copy the compiled month as well: its sources are the same, and compiling takes long.

    numba looks for it below a name made of the folder that the sources lie in.
    """
    name = f"kernels-{source_hash()}"
    here, there = ROOT / "model/ankomst/simulation/kernels", folder / "model/ankomst/simulation/kernels"
    digests = [hashlib.sha1(str(path).encode(), usedforsecurity=False).hexdigest() for path in (here, there)]
    old, new = (f"kernels_{digest}" for digest in digests)
    cache = here / "__pycache__" / name / old
    if cache.is_dir():
        shutil.copytree(cache, there / "__pycache__" / name / new)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    folder = tmp_path_factory.mktemp("copy")
    for name in ("model", "scenarios"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    keep_machine_code(folder)
    for block in BLOCK.finditer(PAGE):
        apply(block, folder)
    return Copy(folder)


def test_the_page_has_a_class_a_place_in_the_month_and_a_scenario() -> None:
    files = [block["new"] or block["file"] for block in BLOCK.finditer(PAGE)]
    assert [Path(name).name for name in files] == [
        "proposals.py",
        "scenario.py",
        "parameters.yaml",
        "rates.yaml",
        "cv_matching.py",
        "engine.py",
        "engine.py",
        "proposal_texts.yaml",
        "cv_matching.yaml",
        "test_cv_matching.py",
    ]
    blocks = re.findall(r"^```(\w+)$", PAGE, re.MULTILINE)
    assert len(blocks) == len(files) + blocks.count("sh"), "a block that no line puts anywhere"


def test_files_that_the_page_names_exist() -> None:
    made = {block["new"] for block in BLOCK.finditer(PAGE) if block["new"]}
    for name in set(re.findall(r"`((?:model|scenarios|tests|docs)/[\w./]+)`", PAGE)) - made:
        assert (ROOT / name).exists(), name
    known = {path.name for folder in ("model", "tests") for path in (ROOT / folder).rglob("*.*")}
    for name in set(re.findall(r"`(\w+\.(?:py|yaml))`", PAGE)):
        assert name in known, name
    for target in re.findall(r"\]\(([^)#:]+)\)", PAGE):
        assert (ROOT / "docs" / target).exists(), target


def test_the_schema_knows_the_key_with_unit_and_range(copy: Copy) -> None:
    done = copy.ankomst("check", "--schema")
    assert done.returncode == 0, done.stderr
    assert "cv_matching" in json.loads(done.stdout)["properties"]
    schema = json.loads(done.stdout)
    keys = schema["$defs"]["CvMatching"]["properties"]
    assert keys["share"]["unit"] == "share"
    assert (keys["share"]["minimum"], keys["share"]["maximum"]) == (0, 1)
    assert keys["month"]["unit"] == "months since arrival"
    assert "CV is sent" in keys["share"]["description"]


def test_check_explains_the_scenario_and_refuses_wrong_values_with_a_sentence(copy: Copy) -> None:
    for number, text in enumerate(WRONG):
        (copy.folder / "scenarios" / f"wrong_{number}.yaml").write_text(text + "\n", encoding="utf-8")
    wrong = [f"scenarios/wrong_{number}.yaml" for number in range(len(WRONG))]
    done = copy.ankomst("check", "scenarios/cv_matching.yaml", "one_year+cv_matching", *wrong)
    assert done.returncode == 1
    for said in ("Clients whose CV is sent to employers", "50 %", "lever_cost.cv_per_client", "Battisti"):
        assert said in done.stdout, said
    assert "2 of 5 scenarios are sound" in done.stdout
    errors = done.stderr.splitlines()
    assert len(errors) == len(WRONG)
    for line, message in zip(errors, WRONG.values(), strict=True):
        assert line.startswith("error: ")
        assert message in line


def test_the_month_and_the_registry_have_it(copy: Copy) -> None:
    code = (
        "from ankomst.policy.parameters import load_registry\n"
        "from ankomst.policy.registry_check import check_registry\n"
        "from ankomst.simulation.engine import MONTH\n"
        "print([step.name for step in MONTH][:4], check_registry(load_registry()))\n"
        "print(load_registry()['levers.b_cv_matching'].grade)\n"
    )
    done = copy.python("-c", code)
    assert done.stdout.splitlines() == [
        "['arrivals', 'membership', 'cv_matching', 'municipal_plans'] []",
        "sign",
    ], done.stderr


def test_the_blocks_keep_the_style_of_the_project(copy: Copy) -> None:
    files = {block["new"] or block["file"] for block in BLOCK.finditer(PAGE)}
    code = sorted(name for name in files if name.endswith(".py"))
    for command in (("check", "--no-cache"), ("format", "--check", "--no-cache")):
        done = copy.python("-m", "ruff", *command, *code)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.compiled
def test_the_three_tests_of_the_page_hold(copy: Copy) -> None:
    done = copy.python("-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/simulation/test_cv_matching.py")
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^4 passed", done.stdout, re.MULTILINE)
