from __future__ import annotations

import os
from pathlib import Path

import pytest

from ankomst.errors import AnkomstError, ScenarioError
from ankomst.policy.parameters import load_registry
from ankomst.policy.scenario import load_scenario, parse_override


def write(name: str, text: str) -> str:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text, encoding="utf-8")
    return name


def message(spec: str | Path, overrides: dict[str, object] | None = None) -> str:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(spec, overrides)
    return str(caught.value)


@pytest.mark.usefixtures("in_tmp")
def test_billion_laughs_is_refused_at_the_limit() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    text = message(write("bomb.yaml", "\n".join(lines)))
    assert text == "bomb.yaml, line 5: holds more than 20,000 values once its aliases are expanded"


@pytest.mark.usefixtures("in_tmp")
def test_a_harmless_alias_is_accepted() -> None:
    text = "introduction_period: {base_months: &n 12, max_months: *n}"
    assert load_scenario(write("alias.yaml", text)).introduction_period.max_months == 12


@pytest.mark.usefixtures("in_tmp")
def test_a_large_file_is_refused_before_it_is_parsed() -> None:
    assert message(write("large.yaml", "#" * 1_000_001)) == (
        "large.yaml: the file is larger than 1 MB; allowed: files of at most 1 MB"
    )


@pytest.mark.usefixtures("in_tmp")
@pytest.mark.parametrize("character", ["[", "{", "- ", "? ", "a: {"])
def test_deep_nesting_is_refused(character: str) -> None:
    assert "deep.yaml" in message(write("deep.yaml", character * 50_000))


@pytest.mark.usefixtures("in_tmp")
@pytest.mark.parametrize(
    "tag", ["!!python/name:os.system", "!!python/object:os.system {}", "!x", "!!set {a}", "! a"]
)
def test_no_tag_is_accepted(tag: str) -> None:
    text = message(write("tag.yaml", f"title: {tag}\n"))
    assert text.startswith("tag.yaml, line 1: the YAML tag")


@pytest.mark.usefixtures("in_tmp")
@pytest.mark.parametrize(
    "line",
    ["extends: inner/link.yaml", "population: {municipalities: inner/link.yaml}", "extends: inner/link"],
)
def test_a_symbolic_link_does_not_leave_the_folder(line: str) -> None:
    outside = Path(write("outside.yaml", "title: secret\n")).resolve()
    Path("folder/inner").mkdir(parents=True)
    Path("folder/inner/link.yaml").symlink_to(outside)
    text = message(write("folder/scenario.yaml", line))
    assert "lies outside the folder of the scenario file" in text
    assert "secret" not in text


@pytest.mark.usefixtures("in_tmp")
def test_a_symbolic_link_to_a_folder_does_not_leave_the_folder() -> None:
    write("elsewhere/parent.yaml", "title: secret\n")
    Path("folder").mkdir()
    Path("folder/inner").symlink_to(Path("elsewhere").resolve())
    assert "lies outside" in message(write("folder/scenario.yaml", "extends: inner/parent.yaml"))


@pytest.mark.usefixtures("in_tmp")
def test_a_link_that_runs_in_a_circle() -> None:
    Path("loop.yaml").symlink_to("loop.yaml")
    assert "loop" in message("loop.yaml")
    assert "loop.yaml" in message(write("scenario.yaml", "extends: loop.yaml"))


@pytest.mark.usefixtures("in_tmp")
def test_a_folder_and_a_missing_file() -> None:
    Path("folder").mkdir()
    write("three_year.yaml", "title: x")
    assert message("folder") == "folder: is a folder; allowed: a YAML file"
    assert message("three_yaer.yaml") == (
        "there is no scenario file 'three_yaer.yaml' (nor with '.yaml' added); "
        "did you mean 'three_year.yaml'?"
    )
    assert message("three_yaer").endswith("did you mean 'three_year'?")
    assert "no scenario file" in message("nowhere/at/all")


@pytest.mark.usefixtures("in_tmp")
@pytest.mark.parametrize("spec", ["", "+", "a+", "+a", "a\0b", "x" * 5000, "..", "/", "."])
def test_odd_specs(spec: str) -> None:
    message(spec)


@pytest.mark.usefixtures("in_tmp")
def test_a_named_pipe_does_not_block() -> None:
    os.mkfifo("pipe.yaml")
    assert "pipe.yaml" in message("pipe.yaml")


@pytest.mark.usefixtures("in_tmp")
def test_a_long_chain_of_extends_is_refused() -> None:
    for number in range(25):
        write(f"s{number}.yaml", f"extends: s{number + 1}.yaml\n")
    write("s25.yaml", "title: end\n")
    assert "more than 20 files" in message("s0.yaml")


@pytest.mark.usefixtures("in_tmp")
@pytest.mark.parametrize(
    "text",
    [r'title: "\ud800"', r'title: "\UFFFFFFFF"', "title: \x07", "\ufeff\ufeffa: 1", "%YAML 9.9\n---\na: 1"],
)
def test_odd_characters(text: str) -> None:
    assert "odd.yaml" in message(write("odd.yaml", text))


@pytest.mark.usefixtures("in_tmp")
def test_a_byte_order_mark_and_windows_line_ends_are_accepted() -> None:
    Path("windows.yaml").write_bytes(b"\xef\xbb\xbftitle: x\r\ndanish:\r\n  class_hours: 10\r\n")
    assert load_scenario("windows.yaml").danish.class_hours == 10


@pytest.mark.usefixtures("in_tmp")
def test_a_message_cannot_carry_control_characters() -> None:
    text = message(write("escape.yaml", '"\\e[31mred\\n": 1\n'))
    assert text.isprintable()


@pytest.mark.parametrize("text", ["a", "=1", "", "a={b: ", "a=!!python/name:os", "a=" + "[" * 100])
def test_wrong_override_texts(text: str) -> None:
    with pytest.raises(AnkomstError) as caught:
        parse_override(text)
    assert "override" in str(caught.value)


@pytest.mark.usefixtures("in_tmp")
def test_a_broken_parameter_file_of_the_user() -> None:
    write("p.yaml", "job_finding:\n  sigma: {value: high, unit: x}\n")
    with pytest.raises(
        AnkomstError, match=r"^p\.yaml, line 2: job_finding\.sigma\.value is 'high'; allowed: a number"
    ):
        load_registry(Path("p.yaml"))
