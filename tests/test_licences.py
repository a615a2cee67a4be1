"""The list of licences in .ci: what counts as fitting, and that everything needed at run time does."""

from __future__ import annotations

import importlib.util
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).resolve().parents[1]
CLASSIFIER = "Classifier: License :: OSI Approved ::"
GPL = "GNU General Public License v3 (GPLv3)"


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("licences", ROOT / ".ci" / "licences.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


licences: Any = load()


@pytest.mark.parametrize(
    ("expression", "fitting"),
    [
        ("MIT", True),
        ("BSD-3-Clause AND 0BSD AND MIT AND Zlib AND CC0-1.0", True),
        ("BSD-2-Clause AND Apache-2.0 WITH LLVM-exception", True),
        ("MPL-2.0 AND MIT", True),
        ("MIT OR GPL-3.0-only", True),
        ("(MIT OR GPL-3.0-only) AND BSD-3-Clause", True),
        ("MIT AND (BSD-3-Clause AND GPL-2.0-or-later)", False),
        ("MIT AND GPL-3.0-only OR AGPL-3.0-only", False),
        ("GPL-3.0-only", False),
        ("AGPL-3.0-only", False),
        ("LGPL-3.0-or-later", False),
        ("GNU General Public License v3 or later (GPLv3+)", False),
        ("Proprietary", False),
        ("", False),
        (licences.UNKNOWN, False),
    ],
)
def test_only_licences_known_to_fit_do(expression: str, fitting: bool) -> None:
    assert licences.fits(expression) is fitting


def install(folder: Path, name: str, *lines: str) -> None:
    place = folder / f"{name}-1.0.dist-info"
    place.mkdir()
    text = "\n".join(["Metadata-Version: 2.1", f"Name: {name}", "Version: 1.0", *lines, ""])
    (place / "METADATA").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("lines", "read"),
    [
        (("License-Expression: MIT OR AFL-2.1",), "MIT OR AFL-2.1"),
        (("License: BSD-3-Clause",), "BSD-3-Clause"),
        (("License: Apache 2.0", f"{CLASSIFIER} Apache Software License"), "Apache-2.0"),
        (("License: MIT License", "        ", "        Permission is hereby granted"), "MIT"),
        (("License: Copyright by us", "        All rights", f"{CLASSIFIER} BSD License"), "BSD"),
        (("License: UNKNOWN", f"{CLASSIFIER} ISC License (ISCL)"), "ISC"),
        (("License: MIT", f"{CLASSIFIER} GNU General Public License v3 (GPLv3)"), GPL),
        (("License: GPL-3.0", f"{CLASSIFIER} MIT License"), "GPL-3.0"),
        (("Classifier: License :: OSI Approved",), "unknown"),
        ((), "unknown"),
    ],
)
def test_a_licence_is_read_wherever_it_stands(
    lines: tuple[str, ...], read: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, "given", *lines)
    monkeypatch.syspath_prepend(tmp_path)
    (found,) = licences.needed("given").values()
    assert licences.licence(found) == read


def test_what_is_needed_in_turn_is_looked_at_with_its_extras(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    mit = "License-Expression: MIT"
    install(
        *(tmp_path, "top", mit, "Requires-Dist: middle[fast]>=1"),
        *("Requires-Dist: nowhere; python_version < '3'", "Provides-Extra: more"),
        "Requires-Dist: copyleft; extra == 'more'",
    )
    install(tmp_path, "middle", mit, "Provides-Extra: fast", "Requires-Dist: quick; extra == 'fast'")
    install(tmp_path, "quick", mit, "Requires-Dist: top")
    install(tmp_path, "copyleft", "License: GPL-3.0")
    monkeypatch.syspath_prepend(tmp_path)
    assert list(licences.needed("top")) == ["middle", "quick", "top"]
    assert licences.main("top") == 0
    assert licences.main("top[more]") == 1
    said = capsys.readouterr()
    assert said.err == "error: copyleft is under 'GPL-3.0', which is not known to fit MIT\n"
    assert "4 distributions, 1 under a licence that does not fit" in said.out


def test_everything_needed_at_run_time_fits() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    del extras["dev"], extras["all"]
    found: dict[str, Any] = {}
    for wanted in [*project["dependencies"], *(line for lines in extras.values() for line in lines)]:
        found |= licences.needed(wanted)
    assert {"numpy", "mesa", "plotly", "salib", "dash", "distributed", "optuna", "lxml"} <= set(found)
    terms = {name: licences.licence(entry) for name, entry in found.items()}
    assert {name: each for name, each in terms.items() if not licences.fits(each)} == {}
