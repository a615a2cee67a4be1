"""Short names of the parameters for figures and sentences, in English and Danish."""

from __future__ import annotations

from functools import cache
from importlib import resources

import yaml

from ankomst.report.document.texts import LANGUAGES


def parameter_name(name: str, lang: str) -> str:
    """Return the short name of a parameter.

    Parameters
    ----------
    name : str
        Dotted name of a parameter with a range, or ``luck``, the dummy.
    lang : {"en", "da"}

    Returns
    -------
    str
        At most about 45 letters; the name itself where it is a group or has no short name.

    Raises
    ------
    ValueError
        There are no names in that language.
    """
    if lang not in LANGUAGES:
        raise ValueError(f"language must be one of {', '.join(LANGUAGES)}, not '{lang}'")
    known = parameter_names().get(name)
    return known[lang] if known else name


@cache
def parameter_names() -> dict[str, dict[str, str]]:
    """Return the short names by parameter and language."""
    file = resources.files(__package__).joinpath("parameter_names.yaml")
    names: dict[str, dict[str, str]] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return names
