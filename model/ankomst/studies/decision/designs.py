"""The search for designs of result grants as a part of a decision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ankomst.studies.decision.design_search import SCENARIO, search
from ankomst.studies.decision.design_tables import design_facts, design_tables
from ankomst.studies.decision.study import DESIGN
from ankomst.studies.decision.trials import Objective
from ankomst.studies.design.grant_designs import grants_of
from ankomst.studies.design.perturbations import GRANTS, grants_text
from ankomst.studies.design.seeds import first_luck, seed_of
from ankomst.studies.metrics.paired_measures import ONLY
from ankomst.studies.metrics.pairs import better
from ankomst.studies.metrics.reading_labels import labels
from ankomst.studies.stats.statistics import mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ankomst.studies.decision.design_search import Searched
    from ankomst.studies.decision.study import Decision, Designs
    from ankomst.studies.design.grant_designs import Design
    from ankomst.studies.engine.evaluations import Evaluations

Array = np.ndarray[Any, Any]
STAGES = {"search": 3, "front": 4}
"""Numbers of the stages, by which their luck differs from that of other parts."""
NEAR_END = 0.15
"""Share of a range that counts as its upper end."""
_SEARCH = (4, 99)


class DesignsPart:
    """Searches designs of result grants.

    Parameters
    ----------
    study : Decision
    designs : Designs
        Of the study.
    work : Evaluations
    """

    def __init__(self, study: Decision, designs: Designs, work: Evaluations) -> None:
        self.study, self.designs, self.work = study, designs, work
        self.names = tuple(study.measures.names)
        self.facts: dict[str, Any] | None = None
        """What the search found, in words and numbers for a page."""

    def tables(self) -> dict[str, pd.DataFrame]:
        """Search, and return the tables designs, dominance, trials and design_outcomes."""
        study, designs, wanted = self.study, self.designs, self.designs.wanted
        seed = seed_of(study.file.seed, *_SEARCH)
        objectives = (
            Objective(
                wanted.gain.outcome,
                better(wanted.gain.outcome) or "higher",
                wanted.gain.unit,
                wanted.months_tolerance,
            ),
            Objective(
                wanted.cost.outcome,
                better(wanted.cost.outcome) or "lower",
                wanted.cost.unit,
                wanted.cost_tolerance,
            ),
        )
        found = search(
            designs.space, objectives, self._evaluate_designs, trials=wanted.trials, batch=wanted.batch,
            seed=seed, start=designs.inside, candidates=wanted.candidates, say=self.work.runs.say,
            outside=designs.outside,
        )  # fmt: skip
        level = study.file.level
        self.facts = design_facts(found, seed=seed, level=level)
        self.facts["ends"] = _at_the_end(found, self.facts["front_found"])
        point = study.draws.kind == "point"
        cases = (
            "replicates at the central draw" if point else "draws of the parameters, each with its own luck"
        )
        tables = design_tables(found, seed=seed, level=level, cases=cases)
        return {**tables, "design_outcomes": self._design_outcomes(found, cases)}

    def _design_outcomes(self, found: Searched, cases: str) -> pd.DataFrame:
        """Return what each design of the second round does to every criterion of the file."""
        rows, file, base = [], self.study.file, self.study.baseline
        values = self._design_rows([tried.design for tried in found.fresh], "front")
        for k, tried in enumerate(found.fresh, start=1):
            for each in file.outcomes:
                own, other = (self.names.index(f"{each.key}:{name}") for name in (DESIGN, base))
                difference = values[k, :, own] - values[0, :, other]
                known = mean(difference[np.isfinite(difference)], file.level)
                english, danish = labels(each)
                rows.append(
                    {
                        "design": tried.name,
                        "origin": tried.origin,
                        "quantity": each.key,
                        "label": english,
                        "label_da": danish,
                        "unit": each.unit,
                        "mean": known.estimate,
                        "low": known.low,
                        "high": known.high,
                        "n": known.n,
                        "level": file.level,
                        "interval": f"{file.level:.0%} of the mean difference from the baseline over "
                        f"{known.n} fresh {cases} (Student's t)",
                    }
                )
        return pd.DataFrame(rows)

    def _evaluate_designs(self, designs: Sequence[Design], stage: str) -> Array:
        """Return differences from the baseline, shape (designs, cases, 2); a case is a draw with own luck."""
        rows = self._design_rows(designs, stage)
        columns = [
            (self.names.index(f"{each.key}:{DESIGN}"), self.names.index(f"{each.key}:{self.study.baseline}"))
            for each in (self.designs.wanted.gain, self.designs.wanted.cost)
        ]
        return np.stack([rows[1:, :, own] - rows[:1, :, base] for own, base in columns], axis=-1)

    def _design_rows(self, designs: Sequence[Design], stage: str) -> Array:
        """Return the numbers of the baseline, then of each design, shape (designs + 1, cases, names)."""
        study, wanted, shipped = self.study, self.designs.wanted, self.designs.grants
        count = wanted.replicates if stage == "search" else wanted.fresh_replicates
        first = first_luck(STAGES[stage])
        sets = study.draws.values  # noqa: PD011 - not of pandas
        # Other draws in the second round, as far as there are any: a design must not fit a few of them.
        skip = 0 if stage == "search" else wanted.replicates
        cases = [(sets[(skip + k) % len(sets)], first + k) for k in range(count)]
        draws = [{**values, ONLY: study.baseline} for values, _ in cases]
        for design in designs:
            grants = shipped[str(design[SCENARIO])] if SCENARIO in design else grants_of(design)
            draws += [{**values, GRANTS: grants_text(grants), ONLY: DESIGN} for values, _ in cases]
        rows = self.work.at(stage, draws, [stream for _ in range(len(designs) + 1) for _, stream in cases])
        return rows.reshape(len(designs) + 1, count, -1)


def _at_the_end(found: Searched, front: Sequence[str]) -> list[str]:
    """Return the ranges near whose upper end most of the designs on the front lie."""
    designs = [tried.design for tried in found.fresh if tried.name in front]
    ends = []
    for variable in found.space.variables:
        if variable.choices or not designs:
            continue
        limit = variable.high - NEAR_END * (variable.high - variable.low)
        if sum(float(design[variable.name]) >= limit for design in designs) > len(designs) / 2:
            ends.append(variable.name)
    return ends
