"""What the explorer lets people choose: addresses, levers, files of their own. No server, no simulation."""

from __future__ import annotations

import base64
import builtins
import io
import zlib
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ankomst.errors import AnkomstError, ScenarioError
from ankomst.explorer import levers, upload
from ankomst.explorer.choices import (
    EXTENSIONS,
    GRANTS,
    GROUPS,
    LEFT_OUT,
    LEVERS,
    RANGES,
    SAMPLES,
    SCENARIOS,
)
from ankomst.explorer.state import LONGEST, MOST_PROBLEMS, State, parse
from ankomst.policy.places import scenarios_folder
from ankomst.policy.scenario import diff, load_scenario
from ankomst.report.document.texts import load_texts

if TYPE_CHECKING:
    from pathlib import Path

MOVED: dict[str, Any] = {
    "months": 24.0, "extension": "needs_test", "grant1": 90_000.0, "grant2": 30_000.0, "grant3": 0.0,
    "sustained": 9.0, "evening": 6.5, "intensity": 50.0, "benefit": 80.0,
}  # fmt: skip


def test_every_shipped_scenario_can_be_chosen_or_is_left_out_on_purpose() -> None:
    shipped = {path.stem for path in scenarios_folder().glob("*.yaml")}
    assert shipped == {*SCENARIOS, *GRANTS, *LEFT_OUT}
    assert sorted(name for group in GROUPS.values() for name in group) == sorted(LEVERS)
    assert {*RANGES, "extension"} == set(LEVERS) == set(MOVED)


@st.composite
def states(draw: st.DrawFn) -> State:
    values: dict[str, Any] = {
        "base": draw(st.sampled_from(SCENARIOS)),
        "alt": draw(st.sampled_from(SCENARIOS)),
        "base_grants": draw(st.sampled_from(("", *GRANTS))),
        "alt_grants": draw(st.sampled_from(("", *GRANTS))),
        "extension": draw(st.none() | st.sampled_from(EXTENSIONS)),
        "sample": draw(st.sampled_from(sorted(SAMPLES))),
        "lang": draw(st.sampled_from(("en", "da"))),
    }
    for name, bounds in RANGES.items():
        steps = round((bounds.high - bounds.low) / bounds.step)
        place = st.integers(0, steps).map(lambda k, b=bounds: float(b.low + k * b.step))
        values[name] = draw(st.none() | place)
    return State(**values)


@given(states())
def test_an_address_gives_its_state_again(state: State) -> None:
    assert parse(f"?{state.query()}") == (state, [])


@given(st.text(max_size=300))
def test_any_address_is_read_without_an_error(text: str) -> None:
    state, problems = parse(text)
    assert parse(state.query()) == (state, [])
    assert len(problems) <= MOST_PROBLEMS
    for lang in ("en", "da"):
        assert all(problem.say(load_texts(lang, "explorer")) for problem in problems)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?a=../../etc/passwd", "'a' is no part of an address"),
        ("?alt=../../etc/passwd", "alt='../../etc/passwd' is not used"),
        ("?base=/etc/passwd%00.yaml", "is not used"),
        ("?base=three_year.yaml", "Did you mean three_year?"),
        ("?months=1e309", "months='1e309' is not used. Allowed: 6 to 60 in steps of 1."),
        ("?months=NaN", "months='NaN' is not used"),
        ("?months=-5", "months='-5' is not used"),
        ("?months=12.5", "months='12.5' is not used"),
        ("?months=99999999999999999999", "is not used"),
        ("?months=", "months='' is not used"),
        ("?evening=0.3", "is not used"),
        ("?sample=huge", "Allowed: quick, larger, full."),
        ("?lang=<script>alert(1)</script>", "is not used. Allowed: en, da."),
        ("?months=24&months=36", "months stands twice"),
        ("?own=%3Cscript%3E", "own does not hold a scenario"),
        ("?alt=%00%FF%FE", "is not used"),
        ("?" + "&".join(["x=1"] * 100), "more than 40 parts"),
        ("?alt=" + "a" * LONGEST, "longer than 8000 characters"),
        ("?mnths=24", "Did you mean months?"),
    ],
)
def test_a_bad_address_is_told_and_not_used(query: str, said: str) -> None:
    state, problems = parse(query)
    assert state == (State(months=24) if "&months=36" in query else State())
    text = " ".join(problem.say(load_texts("en", "explorer")) for problem in problems)
    assert said in text
    assert len(text) < 2000


@pytest.mark.parametrize("name", LEVERS)
def test_each_lever_changes_its_key_and_no_other(name: str) -> None:
    keys = {
        "months": {"introduction_period.base_months", "introduction_period.max_months"},
        "extension": {"introduction_period.extension", "introduction_period.max_months"},
        "evening": {"danish.evening_hours"},
        "intensity": {"ordinary_system.intensity"},
        "benefit": {"benefits.level"},
    }
    state = State(alt="three_year", **{name: MOVED[name]})
    changed = {key for key, _, _ in diff(levers.unmoved(state), levers.alternative(state))}
    assert changed == keys.get(name, {"result_grants"})
    assert levers.positions(levers.alternative(state))[name] == MOVED[name]
    assert levers.alternative(state).title == "Three-year introduction period, levers moved"


def test_amounts_by_year_are_those_of_the_month_of_hire() -> None:
    state = State(alt="three_year", alt_grants="grant_after_period", grant2=30_000.0)
    job = levers.alternative(state).result_grants[0]
    assert [job.amount(month) for month in (0, 11, 12, 23, 24, 36, 50)] == [
        46_881, 46_881, 30_000, 30_000, 46_881, 46_881, 46_881,
    ]  # fmt: skip
    assert job.extra_window_months == 24
    others = levers.alternative(state).result_grants[1:]
    assert others == levers.unmoved(state).result_grants[1:]
    none = State(alt="three_year", alt_grants="no_grant", grant1=50_000.0)
    (only,) = levers.alternative(none).result_grants
    assert [only.amount(month) for month in (0, 12)] == [50_000, 0]


def test_extended_people_have_more_time() -> None:
    def period(**moved: Any) -> tuple[int, int]:  # noqa: ANN401 - levers are of several kinds
        found = levers.alternative(State(**moved)).introduction_period
        return found.base_months, found.max_months

    assert period(alt="one_year", extension="needs_test") == (12, 36)
    assert period(alt="one_year_flexible", months=18.0) == (18, 36)
    assert period(alt="one_year_flexible", months=48.0) == (48, 48)
    assert period(alt="one_year_flexible", extension="never") == (12, 12)
    assert period(alt="three_year", months=60.0, extension="until_self_supporting") == (60, 84)


@pytest.mark.parametrize("moved", [{}, MOVED])
@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_file_gives_the_same_policy(name: str, moved: dict[str, Any], tmp_path: Path) -> None:
    for grants in ("", "grant_by_speed"):
        state = State(alt=name, alt_grants=grants, **moved)
        try:
            scenario = levers.alternative(state)
        except ScenarioError as error:
            assert name in {"task_force_package", "reform_2016"}
            assert grants
            assert str(scenarios_folder()) not in str(error)  # noqa: PT017 - some compositions conflict
            continue
        text = levers.scenario_yaml(scenario, f"{state.query()}\nx: [")
        path = tmp_path / f"{grants or 'none'}.yaml"
        path.write_text(text, encoding="utf-8")
        assert load_scenario(path).policy_hash == scenario.policy_hash
        token = upload.token_of(text.encode())
        assert levers.alternative(State(own=token)).policy_hash == scenario.policy_hash


def test_only_names_of_the_list_become_a_file() -> None:
    for name, grants in (("../../etc/passwd", ""), ("three_year", "../x"), ("history_2010_2018", "")):
        with pytest.raises(ValueError, match="no shipped scenario"):
            levers.spec_of(name, grants)


BOMB = (
    b"a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"
    b"d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d,*d]"
)
BAD_FILES = [
    (b"extends: /etc/passwd", "extends is not accepted"),
    (b"population: {municipalities: /etc/passwd}", "names a file"),
    (b"population: {arrivals: ../secret.csv}", "population.arrivals is '../secret.csv', which names a file"),
    (b"population: {arrivals: denmark}", "follows the rules or arrivals of Denmark"),
    (b"rules: denmark", "follows the rules or arrivals of Denmark"),
    (b"dispersal: shares.csv", "allowed: quota, demand_weighted"),
    (b"horizon: {follow_up_months: 240}", "follow_up_months is 240, too long a run"),
    (b"population: {arrival_years: 30}", "years with arrivals is 30"),
    (b"introduction_periode: {base_months: 12}", "did you mean 'introduction_period'"),
    (b"introduction_period: {base_months: 1e309}", "introduction_period.base_months"),
    (b"title: !!python/object/apply:os.system ['id']", "tag"),
    (b"title: \xff\xfe\x00x", "is not UTF-8"),
    (b"title: a\x00b", "not valid YAML"),
    (b"- 1\n- 2", "holds a list"),
    (b"", "is empty"),
    (b"title: x" + b" " * upload.MAX_BYTES, "larger than 64 kB"),
    (BOMB, "aliases are expanded"),
    (b"{" * 5000, ""),
    (b"title: 5", "title"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "said"), BAD_FILES)
def test_a_bad_file_is_refused_and_no_other_is_opened(
    content: bytes, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    levers.shipped("three_year")  # what the program itself reads has been read

    def no_file(*names: object, **_: object) -> Any:  # noqa: ANN401 - in place of open
        raise AssertionError(f"opened {names[0]}")

    with monkeypatch.context() as without_files:
        without_files.setattr(builtins, "open", no_file)
        without_files.setattr(io, "open", no_file)
        with pytest.raises(ScenarioError) as error:
            upload.read_bytes(content)
    assert said in str(error.value)
    assert len(str(error.value)) < 500


def test_all_problems_of_a_file_are_told_as_by_check() -> None:
    content = (
        b"extends: three_year\ndispersal: shares.csv\ndanish: {class_hours: 50, right_month: 3}\n"
        b"benefits: {refund: {active: 0,5, passive: 30}}\ndanish: {}\n"
    )
    with pytest.raises(ScenarioError) as error:
        upload.read_bytes(content)
    assert [(problem.where, problem.what.partition(",")[0]) for problem in error.value.problems] == [
        ("your file, line 1", "extends is not accepted here: a page in the browser opens no files"),
        ("your file, line 2", "dispersal is 'shares.csv'"),
        ("your file, line 3", "danish.class_hours is 50"),
        ("your file, line 3", "the key 'right_month' is not known in danish"),
        ("your file, line 4", "benefits.refund.active is 0"),
        ("your file, line 4", "benefits.refund.passive is 30"),
        ("your file, line 5", "the key 'danish' stands twice (first in line 3)"),
    ]
    with pytest.raises(
        ScenarioError, match="your file, line 1: is an experiment of kind batch, not a scenario"
    ):
        upload.read_bytes(b"kind: batch\nbaseline: three_year\n")
    with pytest.raises(ScenarioError) as error:
        upload.read_bytes(b"horizon: {follow_up_months: 240}\npopulation: {arrival_years: 30}\n")
    assert len(error.value.problems) == 2


def test_a_damaged_or_swollen_token_is_refused() -> None:
    swollen = base64.urlsafe_b64encode(zlib.compress(b"#" * 50_000_000, 9)).decode()
    sound = upload.token_of(b"title: x\n" + bytes(range(65, 91)) * 3)
    for token, said in (
        (swollen, "larger than 64 kB"),
        ("AAAA", "damaged"),
        ("abc", "damaged"),
        (sound[: len(sound) // 2], "damaged"),
        ("\N{LATIN SMALL LETTER AE}", "damaged"),
    ):
        with pytest.raises(AnkomstError, match=said):
            upload.read_token(token)
    assert not upload.token_of(bytes(k * k % 251 for k in range(64_000)) + b"".join(
        str(k * 7919).encode() for k in range(4000)
    ))  # fmt: skip


def test_states_differ_by_every_field() -> None:
    state = State(months=24.0)
    assert {field.name for field in fields(state)} == {"base", "base_grants", "alt", "alt_grants", "own",
                                                       *LEVERS, "sample", "lang"}  # fmt: skip
    assert replace(state, lang="da") != state
    assert state.moved == {"months": 24.0}
