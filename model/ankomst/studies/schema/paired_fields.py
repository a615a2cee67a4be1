"""Keys that the files of a sensitivity analysis and of a decision share."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from ankomst.studies.metrics.metric import Metric  # noqa: TC001 - pydantic reads it
from ankomst.studies.metrics.metric_kinds import Metrics
from ankomst.studies.schema.experiment_file import Sample, ScenariosFile
from ankomst.studies.schema.experiment_kinds import Settings


class PairedFile(ScenariosFile):
    """What is asked of which scenarios, and with how much luck."""

    outcomes: Annotated[tuple[Metric, ...], Metrics()]
    """Outcomes, months since arrival, groups: net_cost.state@120, employment_rate@36|sex=female."""
    newcomers_per_year: Annotated[int, Sample] = 1400
    """Size of the simulated sample [people a year]."""
    quick: Annotated[dict[str, Any], Settings()] = Field(default_factory=dict)
    """Keys of this file and the values that they have with --quick, such as {sobol.rows: 64}."""

    @property
    def grid(self) -> dict[str, tuple[str, ...]]:
        """Return no combinations: scenarios are named one by one."""
        return {}
