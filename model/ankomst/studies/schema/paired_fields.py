"""Keys that the files of a sensitivity analysis and of a decision share."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from ankomst.policy.kinds import Quantity, Text
from ankomst.policy.schema import Frozen
from ankomst.studies.metrics.metric import Metric
from ankomst.studies.metrics.metric_kinds import Metrics
from ankomst.studies.schema.experiment_file import Sample, Seed
from ankomst.studies.schema.experiment_kinds import Entry, Scenarios, Settings
from ankomst.studies.stats.statistics import LEVEL


class PairedFile(Frozen):
    """What is asked of which scenarios, and with how much luck."""

    kind: str
    """What is done."""
    title: Annotated[str, Text(1000)] = ""
    """Title in English; the name of the file if left out."""
    title_da: Annotated[str, Text(1000)] = ""
    """Title in Danish."""
    source: Annotated[str, Text(5000)] = ""
    """Where the question comes from."""
    baseline: Annotated[str, Text(1000)]
    """The scenario that the others are compared with; in a sensitivity analysis it can stand alone."""
    scenarios: Annotated[dict[str, Entry], Scenarios()] = Field(default_factory=dict)
    """Scenarios whose differences from the baseline are asked about: a list, or a map from own names."""
    set: Annotated[dict[str, Any], Settings()] = Field(default_factory=dict)
    """Keys of a scenario and their values, set in all scenarios and in the baseline."""
    outcomes: Annotated[tuple[Metric, ...], Metrics()]
    """Outcomes, months since arrival, groups: net_cost.state@120, employment_rate@36|sex=female."""
    newcomers_per_year: Annotated[int, Sample] = 1400
    """Size of the simulated sample [people a year]."""
    seed: Annotated[int, Seed] = 1
    """Fixes all luck, designs and draws."""
    level: Annotated[float, Quantity("share", 0.5, 0.999)] = LEVEL
    """Coverage of the intervals [share]."""
    quick: Annotated[dict[str, Any], Settings()] = Field(default_factory=dict)
    """Keys of this file and the values that they have with --quick, such as {sobol.rows: 64}."""

    @property
    def grid(self) -> dict[str, tuple[str, ...]]:
        """Return no combinations: scenarios are named one by one."""
        return {}
