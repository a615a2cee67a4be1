"""`--decompose`: what a scenario is made of, and the baseline with some of its parts laid over it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ankomst.errors import ScenarioError
from ankomst.policy import layers
from ankomst.policy.places import scenario_name
from ankomst.policy.scenario import Scenario, diff, load_scenario

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ENDING = ".yaml"
OF_THE_DATE = ("rates_of", "refund_of")
"""Keys of `benefits` that, left alone, follow the date of the scenario."""
NAMED = 3


@dataclass(frozen=True)
class ScenarioParts:
    """The parts of a scenario.

    Attributes
    ----------
    base : Scenario
        What every coalition is laid over.
    specs : dict
        Name to file.
    titles : dict
        Name to English and Danish title.
    overrides : mapping
        What the caller set in all scenarios; it holds above the parts.
    """

    base: Scenario
    specs: dict[str, str]
    titles: dict[str, tuple[str, str]]
    overrides: Mapping[str, Any]

    def load(self, files: Sequence[str]) -> Scenario:
        """Return the baseline with some parts; two parts that set the same key are refused as in `a+b`."""
        if not files:
            return self.base
        layer, _ = layers.read_composition("+".join(files))
        return load_scenario(load_scenario(self.base, layer.data), self.overrides)


def parts_of(
    spec: str, baseline: str, whole: Scenario, base: Scenario, overrides: Mapping[str, Any]
) -> ScenarioParts:
    """Find the parts of a scenario that the baseline lacks.

    Parameters
    ----------
    spec, baseline : str
        As named by the caller, found.
    whole, base : Scenario
        Both, loaded.
    overrides : mapping

    Raises
    ------
    ScenarioError
        There are fewer than two parts, or baseline and parts together are not the scenario.
    """
    known = {_file(path).resolve() for path in layers.parts(baseline)}
    files = [path for path in map(_file, layers.parts(spec)) if path.resolve() not in known]
    if len(files) < 2:
        raise ScenarioError(
            f"{scenario_name(spec)} has {len(files)} part beside the baseline {scenario_name(baseline)}: "
            "nothing can be taken apart",
            allowed="a composition a+b, or a file whose extends is a list",
        )
    stems = Counter(path.stem for path in files)
    specs = {path.stem if stems[path.stem] == 1 else str(path): str(path) for path in files}
    titles = {}
    for name, file in specs.items():
        part = load_scenario(file)
        titles[name] = (part.title, part.title_da) if "title" in part.model_fields_set else (name, name)
    parts = ScenarioParts(_held(base, list(specs.values())), specs, titles, overrides)
    together = parts.load(list(specs.values()))
    if together.policy_hash != whole.policy_hash:
        keys = [key for key, _, _ in diff(whole, together)]
        more = f" and {len(keys) - NAMED} more" if len(keys) > NAMED else ""
        told = f"they differ in {', '.join(keys[:NAMED])}{more}" if keys else "they set different keys"
        name = scenario_name(spec)
        raise ScenarioError(
            f"the parts of {name} laid over {scenario_name(baseline)} are not {name}: {told}",
            allowed="a baseline that sets no more than the scenario does, and parts that stand in files",
        )
    return parts


def _held(base: Scenario, files: Sequence[str]) -> Scenario:
    """Hold benefit rates and refunds at the baseline's date where a part moves them to another.

    Otherwise a part that moves the date would move them too, and the two parts would share the effect. At the
    baseline's own date nothing changes.
    """
    layer, _ = layers.read_composition("+".join(files))
    moved = layer.data.get("benefits") or {}
    held = {
        f"benefits.{key}": base.date
        for key in OF_THE_DATE
        if base.rules == "at_date" and moved.get(key) is not None and getattr(base.benefits, key) is None
    }
    return load_scenario(base, held)


def _file(path: str) -> Path:
    """Return the file of a part; a list under extends may leave out the ending."""
    given = Path(path)
    return given if given.is_file() else given.with_name(given.name + ENDING)
