from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from ankomst.errors import ParameterError
from ankomst.policy.levers.programme import Placements
from ankomst.policy.parameter_values import Parameter
from ankomst.policy.parameters import START, Registry, load_registry, ranged, uncalibrated_values
from ankomst.policy.registry_check import ZERO_EXCEPTIONS, check_registry


def problems(name: str, **changes: object) -> list[str]:
    registry = dict(load_registry(START))
    registry[name] = replace(registry[name], **changes)  # type: ignore[arg-type]
    return check_registry(Registry(registry))


def test_the_packaged_registry_is_sound() -> None:
    assert check_registry(load_registry()) == []


def test_the_registry_before_calibration_differs_in_fitted_values_only() -> None:
    before, after = load_registry(START), load_registry()
    assert check_registry(before) == []
    assert list(before) == list(after)
    for name in after:
        old, new = before[name], after[name]
        assert (old.range, old.unit, old.prior, old.integer) == (new.range, new.unit, new.prior, new.integer)
        assert old.value == new.value or name in ranged()
        assert old.grade == new.grade or (old.grade, new.grade) == ("pilot", "fitted")
        if new.grade == old.grade:
            assert new.source == old.source
            continue
        own = re.sub(r"(; )?the pilot's [^;]*(; )?", "", old.source)
        assert new.source.startswith(own if own != "fitted" else "fitted by the calibration")
    assert uncalibrated_values().keys() == set(ranged())
    assert uncalibrated_values()["job_finding.h0_refugee"] == 0.02


def test_values_that_were_corrected_by_hand_are_in() -> None:
    registry = load_registry()
    assert "municipality.municipality_size_sd" not in registry
    assert registry["job_finding.b_recognised"].range == (0.0, 1.2)
    months = registry["municipality.planning_months"]
    assert (months.integer, months.unit) == (True, "months")
    assert load_registry(START)["municipality.planning_months"].value == 12
    assert set(registry["population.has_children"].value) == {"female", "male"}
    assert registry["population.track_shares"].value["tertiary"] == [0, 0, 1]
    assert "none, basic, upper_secondary, tertiary" in registry["population.education_shares"].unit
    assert registry["constants.reference_client"].value == {"month": 12, "language": 0.25, "hazard": 0.02}
    assert registry["constants.belief_12"].value == 0.45
    assert all(p.unit and p.source != "same" for p in registry.values())


def test_the_lever_default_agrees_with_its_constant() -> None:
    assert load_registry()["constants.first_offer_month"].value == Placements().first_offer_month


def test_effects_that_nobody_measured_may_be_absent() -> None:
    registry = load_registry()
    for name in ("municipality.effort_elasticity", "municipality.peer_learning", "levers.b_mentor"):
        bounds = registry[name].range
        assert bounds is not None
        assert bounds[0] == 0
    assert all(reason and name in registry for name, reason in ZERO_EXCEPTIONS.items())


@pytest.mark.parametrize(
    ("name", "changes", "expected"),
    [
        ("job_finding.sigma", {"unit": " "}, "job_finding.sigma: has no unit"),
        ("job_finding.sigma", {"grade": "asumption"}, "has the grade 'asumption'.*did you mean 'assumption'"),
        ("job_finding.sigma", {"prior": "normal"}, "has the prior 'normal'; allowed: uniform"),
        ("job_finding.b_language", {"source": ""}, "has the grade published but no source"),
        ("search.lock_in_class", {"source": "same"}, "write the source out"),
        ("job_finding.sigma", {"range": None}, "has no range"),
        ("job_finding.sigma", {"range": (2.0, 1.0)}, "runs backwards: 2 to 1"),
        ("job_finding.sigma", {"range": (1.6, 1.6)}, "without width"),
        ("job_finding.sigma", {"value": 9.0}, "has a value that is 9.0, which is out of range"),
        ("municipality.planning_months", {"value": 12.5}, "must be a whole number"),
        ("municipality.effort_elasticity", {"range": (0.1, 0.8)}, "must include 0"),
        ("municipality.peer_learning", {"range": (0.01, 0.1)}, "must include 0"),
        ("levers.b_mentor", {"range": (0.05, 0.4)}, "must include 0"),
        ("constants.test_sitting", {"value": 1.5}, None),
        ("constants.belief_6", {"value": 1.5}, "out of range; allowed: a number from 0 to 1"),
        ("population.origin_shares", {"value": {"refugee": 0.5, "other": 0.4}}, "sums to 0.9"),
        ("population.track_shares", {"value": {"none": [0.5, 0.4, 0]}}, "at none that sums to 0.9"),
        ("population.age", {"value": {"min": 60.0, "max": 18.0}}, "min 60 that is not below max 18"),
    ],
)
def test_broken_registries_are_reported(name: str, changes: dict[str, object], expected: str | None) -> None:
    import re

    found = problems(name, **changes)
    if expected is None:
        assert found == []
    else:
        assert len(found) == 1
        assert found[0].startswith(name)
        assert re.search(expected, found[0])


def test_an_exception_excuses_only_its_parameter() -> None:
    assert problems("levers.trainee_hired", range=(0.4, 0.8)) == []


def test_lookup_names_the_nearest() -> None:
    with pytest.raises(
        ParameterError, match=r"there is no parameter 'job_finding\.sigm'; did you mean 'job_finding.sigma'"
    ):
        load_registry()["job_finding.sigm"]
    assert "job_finding.sigm" not in load_registry()
    assert 3 not in load_registry()
    assert isinstance(load_registry()["job_finding.sigma"], Parameter)
    assert load_registry()["job_finding.sigma"].group == "job_finding"


def test_tables_can_be_set_in_part() -> None:
    found = load_registry().checked({"population.female_share": {"refugee": 0.5}})
    assert found["population.female_share"] == {
        "refugee": 0.5,
        "reunified_with_refugee": 0.75,
        "reunified_with_other": 0.68,
    }
    with pytest.raises(
        ParameterError, match=r"parameters\.population\.education_shares\.refugee must be a list of 4"
    ):
        load_registry().checked({"population.education_shares": {"refugee": [1, 0, 0]}})
    with pytest.raises(ParameterError, match="must be a map, not 3"):
        load_registry().checked({"population.education_shares": 3})
    with pytest.raises(ParameterError, match="out of range"):
        load_registry().checked({"population.female_share": {"refugee": 1.5}})


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("a: 3", "line 1: a must be a map of parameters"),
        ("a: {b: 3}", r"a\.b must be a map; allowed: a map of value"),
        ("a: {b: {value: 1, rang: [0, 1]}}", r"a\.b\.rang is not a known key; .*did you mean 'range'"),
        ("a: {b: {unit: x}}", r"a\.b lacks a value"),
        ("a: {b: {value: {c: x}}}", r"a\.b\.value is .*a number or a table"),
        ("a: {b: {value: true}}", r"a\.b\.value is True"),
        ("a: {b: {value: .nan}}", r"a\.b\.value is nan"),
        ("a: {b: {value: 1, range: [0]}}", r"a\.b\.range is \[0\]; allowed: \[lowest, highest\] or null"),
        ("a: {b: {value: 1, unit: 3}}", r"a\.b\.unit is 3; allowed: text"),
        ("a: {b: {value: 1, integer: 1}}", r"a\.b\.integer is 1; allowed: true or false"),
        ("a: {b: {value: 1}, b: {value: 2}}", "stands twice"),
    ],
)
@pytest.mark.usefixtures("in_tmp")
def test_broken_files(text: str, match: str) -> None:
    Path("p.yaml").write_text(text, encoding="utf-8")
    load_registry.cache_clear()
    with pytest.raises(ParameterError, match=match) as caught:
        load_registry(Path("p.yaml"))
    assert str(caught.value).startswith("p.yaml, line 1: ")


def test_a_name_without_its_group_is_told_the_full_name() -> None:
    with pytest.raises(ParameterError, match=r"did you mean 'job_finding\.b_language'"):
        load_registry()["b_languag"]
