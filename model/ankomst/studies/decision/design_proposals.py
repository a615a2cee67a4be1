"""Proposals of designs: the side of optuna, told what each design gave and asked for new ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from optuna import Study, Trial

    from ankomst.studies.decision.trials import Objectives, Tried
    from ankomst.studies.design.grant_designs import Design, DesignSpace, Value

STARTUP = 30
"""Designs at random before the sampler learns, the shipped ones among them."""
_SAMPLER = 1


class Proposals:
    """Proposals in batches, each design told what it gave, in the order proposed.

    Parameters
    ----------
    space : DesignSpace
    objectives : tuple of Objective
    seed : int
    """

    def __init__(self, space: DesignSpace, objectives: Objectives, seed: int) -> None:
        import optuna  # noqa: PLC0415 - takes half a second to import

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        state = np.random.SeedSequence(seed, spawn_key=(_SAMPLER,)).generate_state(1)
        # One variable at a time found more of a known front, with little noise and with much, than the joint
        # density of all variables, or NSGA-II with a population of 20 or 40, did in as many trials.
        sampler = optuna.samplers.TPESampler(seed=int(state[0]), n_startup_trials=STARTUP, multivariate=False)
        ways = optuna.study.StudyDirection
        directions = [ways.MAXIMIZE if objective.sign > 0 else ways.MINIMIZE for objective in objectives]
        self._study: Study = optuna.create_study(directions=directions, sampler=sampler)
        self._failed = optuna.trial.TrialState.FAIL
        self.space, self.asked = space, 0
        self._told: dict[tuple[Value, ...], list[float] | None] = {}
        self._waiting: list[tuple[Trial, tuple[Value, ...]]] = []

    def given(self, start: Mapping[str, Mapping[str, Value]]) -> list[tuple[str, Design]]:
        """Enter designs of one's own, and return them by name."""
        found = []
        for name, given in start.items():
            design = self.space.tidy(given)
            places = {
                variable.name: variable.choices.index(design[variable.name])
                for variable in self.space.variables
                if variable.choices
            }
            self._study.enqueue_trial(design | places)
            trial = self._study.ask()
            self._suggested(trial)
            self.asked += 1
            self._waiting.append((trial, tuple(design.values())))
            found.append((name, design))
        return found

    def ask(self, wanted: int, most: int) -> list[Design]:
        """Return so many designs that have not been tried, fewer if `most` proposals do not hold them."""
        found: dict[tuple[Value, ...], Design] = {}
        while len(found) < wanted and self.asked < most:
            trial = self._study.ask()
            self.asked += 1
            design = self.space.tidy(self._suggested(trial))
            key = tuple(design.values())
            if key in self._told:
                self._tell(trial, self._told[key])
                continue
            found[key] = design
            self._waiting.append((trial, key))
        return list(found.values())

    def tell(self, done: Sequence[Tried]) -> None:
        """Tell what the designs gave, in the order in which they were proposed."""
        for tried in done:
            whole = bool(np.isfinite(tried.results).all())
            means = [float(value) for value in tried.results.mean(axis=0)] if whole else None
            self._told[tuple(tried.design.values())] = means
        for trial, key in self._waiting:
            self._tell(trial, self._told[key])
        self._waiting.clear()

    def _tell(self, trial: Trial, means: list[float] | None) -> None:
        if means is None:
            self._study.tell(trial, state=self._failed)
        else:
            self._study.tell(trial, means)

    def _suggested(self, trial: Trial) -> Design:
        """Return the values proposed. The sampler sees ranges without steps, since shipped amounts have none.

        Half a step beyond each end, so that the ends are proposed as often as the steps between.
        """
        found: Design = {}
        for variable in self.space.variables:
            if variable.choices:
                at = trial.suggest_categorical(variable.name, range(len(variable.choices)))
                found[variable.name] = variable.choices[at]
            else:
                half = variable.step / 2.0
                value = trial.suggest_float(variable.name, variable.low - half, variable.high + half)
                found[variable.name] = variable.rounded(value)
        return found
