"""Every file in `broken` names the exact message that a user sees in its first line."""

from __future__ import annotations

from pathlib import Path

import pytest

from ankomst.errors import ScenarioError
from ankomst.policy.scenario import load_scenario

BROKEN = Path(__file__).parent / "broken"
FILES = sorted(path.name for path in BROKEN.glob("*.yaml"))
LEAKS = ("pydantic", "Traceback", "Input should", "errors.", "validation error", str(BROKEN))


@pytest.mark.parametrize("name", FILES)
def test_message(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(BROKEN)
    expected = Path(name).read_bytes().split(b"\n", 1)[0].decode().removeprefix("# expect: ")
    with pytest.raises(ScenarioError) as caught:
        load_scenario(name)
    assert str(caught.value) == expected
    assert "\n" not in expected
    assert expected.count(".yaml") >= 1
    assert not any(leak in expected for leak in LEAKS)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_the_folder_is_large_enough() -> None:
    assert len(FILES) >= 45
