"""Municipalities as agents of the model: readable views of their traits and plans."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa

if TYPE_CHECKING:
    from ankomst.simulation.state import RunState


class Municipality(mesa.Agent):  # type: ignore[misc]
    """A municipality: a readable view of its traits and of its present plan, see `planning.py`.

    Parameters
    ----------
    model : IntroductionModel
    index : int
        Position in the arrays of the run.
    """

    def __init__(self, model: RunState, index: int) -> None:
        super().__init__(model)
        self.index = index

    code = property(lambda self: self.model.table.code[self.index], doc="Official number.")
    name = property(lambda self: self.model.table.name[self.index], doc="Name in Danish.")
    region = property(
        lambda self: self.model.table.region[self.index],
        doc="Region, within which municipalities learn from each other.",
    )
    responsive = property(
        lambda self: bool(self.model.traits.responsive[self.index]), doc="Whether it reacts to incentives."
    )
    first_effort = property(
        lambda self: float(self.model.plan.first_effort[self.index]), doc="Company effort at the start (e0)."
    )
    effort = property(lambda self: float(self.model.plan.effort[self.index]), doc="Company effort now (e).")
    language_effort = property(
        lambda self: float(self.model.plan.language_effort[self.index]), doc="Effort in Danish classes."
    )
    quality = property(
        lambda self: float(self.model.plan.quality[self.index]), doc="Quality of practice (Q)."
    )
    language_quality = property(
        lambda self: float(self.model.plan.language_quality[self.index]),
        doc="Factor on the speed of learning, before language effort.",
    )
    expected_period = property(
        lambda self: float(self.model.plan.expected_period[self.index]),
        doc="Months that it expects a newcomer to stay in the introduction period (N).",
    )
