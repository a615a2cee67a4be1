"""An experiment written down whole, and read back: a batch can be repeated without the files it came from."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ankomst.errors import AnkomstError, OutputError, Problems
from ankomst.policy.scenario import build_scenario
from ankomst.studies.experiment import Draws, Experiment, Precision

if TYPE_CHECKING:
    from collections.abc import Mapping

SAME = (
    "name", "title", "title_da", "source", "baseline", "specs", "seed", "newcomers_per_year", "replicates",
    "deadweight", "level", "document",
)  # fmt: skip
LISTS = ("outcomes", "months", "notes")


def write(experiment: Experiment) -> dict[str, Any]:
    """Return an experiment as JSON holds it.

    Of a scenario only what it sets is written: with `rules: denmark` the rest follows the law.
    """
    found: dict[str, Any] = {name: getattr(experiment, name) for name in SAME}
    found |= {name: list(getattr(experiment, name)) for name in LISTS}
    draws = experiment.draws
    return {
        **found,
        "path": str(experiment.path),
        "groups": [list(group) for group in experiment.groups],
        "precision": None if experiment.precision is None else asdict(experiment.precision),
        "draws": {
            "kind": draws.kind,
            "names": list(draws.names),
            "values": [dict(values) for values in draws.values],
            "description": draws.description,
        },
        "scenarios": {
            name: {
                "policy_hash": scenario.policy_hash,
                "sets": scenario.model_dump(mode="json", exclude_unset=True),
            }
            for name, scenario in experiment.scenarios.items()
        },
    }


def read(content: Mapping[str, Any], where: str) -> Experiment:
    """Return the experiment that was written down.

    Parameters
    ----------
    content : mapping
        From `write`.
    where : str
        The file, for messages.

    Raises
    ------
    OutputError
        Something is missing, or a scenario is not what its hash says: another version, or another table.
    """
    try:
        scenarios = {}
        for name, kept in content["scenarios"].items():
            scenario = build_scenario(kept["sets"], where=f"{where}, scenario {name}")
            if scenario.policy_hash != kept["policy_hash"]:
                raise OutputError(
                    f"the scenario {name} has changed its meaning since the batch was run",
                    where=where,
                    allowed="the version of ankomst in the manifest, and the tables that the scenario names",
                )
            scenarios[name] = scenario
        precision, draws = content["precision"], content["draws"]
        known: dict[str, Any] = {name: content[name] for name in SAME}
        known |= {name: tuple(content[name]) for name in LISTS}
        return Experiment(
            **known,
            path=Path(content["path"]),
            groups=tuple(tuple(group) for group in content["groups"]),
            precision=None if precision is None else Precision(**precision),
            draws=Draws(
                kind=draws["kind"],
                values=tuple(draws["values"]),
                names=tuple(draws["names"]),
                description=draws["description"],
            ),
            scenarios=scenarios,
        )
    except AnkomstError as error:
        problems = Problems()
        for each in error.problems:
            problems.add(each.restated(OutputError, where=each.where or where))
        raise problems.joined() from None
    except (KeyError, TypeError, AttributeError) as problem:
        raise OutputError(f"the experiment written down is damaged: {problem!r}", where=where) from None
