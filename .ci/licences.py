"""List the licences of a distribution and of all that it needs at run time; fail if MIT cannot build on one.

``python .ci/licences.py "ankomst[all]"`` reads the metadata of what is installed beside the Python that runs
it. Permissive licences fit, and MPL-2.0, whose terms end at its own files. GPL and AGPL do not: whoever
passes the whole on would have to pass it on under them. LGPL is refused until somebody needs it and decides.
"""

from __future__ import annotations

import re
import sys
from importlib import metadata

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

FITTING = {
    *(
        "0BSD",
        "Apache-2.0",
        "BSD",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "CC0-1.0",
        "HPND",
        "ISC",
        "MIT",
        "MIT-CMU",
    ),
    *("MPL-2.0", "PSF-2.0", "Python-2.0", "Unlicense", "Zlib", "ZPL-2.1"),
}
"""Identifiers of SPDX, and BSD where a package does not say which."""
NAMES = {
    "2-Clause BSD": "BSD-2-Clause",
    "Apache 2": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD 2-Clause License": "BSD-2-Clause",
    "BSD 3-Clause License": "BSD-3-Clause",
    "BSD License": "BSD",
    "ISC License": "ISC",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "The MIT License (MIT)": "MIT",
    "Zope Public License": "ZPL-2.1",
    "ZPL 2.1": "ZPL-2.1",
}
"""Other ways in which packages write these."""
UNKNOWN = "unknown"


def licence(distribution: metadata.Distribution) -> str:
    """Return the licence of a distribution as an expression of SPDX where it can be read as one.

    Where field and classifiers disagree, it is the part that does not fit.
    """
    fields = distribution.metadata
    if fields.get("License-Expression"):
        return str(fields["License-Expression"])
    field = str(fields.get("License") or "").strip()
    first, _, more = field.partition("\n")  # some put the whole text here
    named = [first.strip()] if first.strip() in NAMES or not (more or field in {"", "UNKNOWN"}) else []
    named += [
        entry.rpartition(" :: ")[2]
        for entry in fields.get_all("Classifier") or []
        if entry.startswith("License ::") and entry != "License :: OSI Approved"
    ]
    found = [NAMES.get(name, name) for name in named]
    refused = [name for name in found if not fits(name)]
    return " AND ".join(refused or found[:1]) or UNKNOWN


def fits(expression: str) -> bool:
    """Whether an MIT package may need something under this licence; of alternatives one is enough."""
    text = re.sub(r"\s+WITH\s+[\w.-]+", "", expression)
    while inner := re.search(r"\(([^()]*)\)", text):
        if not re.search(r"\s(AND|OR)\s", inner[1]):
            return False  # brackets of a sentence, not of an expression
        text = text.replace(inner[0], "MIT" if fits(inner[1]) else UNKNOWN)
    return any(
        all(part.strip() in FITTING for part in re.split(r"\sAND\s", choice))
        for choice in re.split(r"\sOR\s", text)
    )


def needed(wanted: str) -> dict[str, metadata.Distribution]:
    """Return a distribution and all that it needs here at run time, by name.

    Raises
    ------
    PackageNotFoundError
        One of them is not installed.
    """
    found: dict[str, metadata.Distribution] = {}
    seen: set[tuple[str, str]] = set()
    waiting = [Requirement(wanted)]
    while waiting:
        asked = waiting.pop()
        name = canonicalize_name(asked.name)
        found[name] = distribution = metadata.distribution(name)
        for extra in ("", *sorted(asked.extras)):
            if (name, extra) in seen:
                continue
            seen.add((name, extra))
            waiting += [
                requirement
                for requirement in map(Requirement, distribution.requires or [])
                if requirement.marker is None or requirement.marker.evaluate({"extra": extra})
            ]
    return dict(sorted(found.items()))


def main(wanted: str) -> int:
    """Print a line for each distribution and return how many do not fit."""
    found = {name: (entry.version, licence(entry)) for name, entry in needed(wanted).items()}
    for name, (version, terms) in found.items():
        print(f"{name:<28}{version:<14}{terms[:60]}")
    refused = {name: terms for name, (_, terms) in found.items() if not fits(terms)}
    for name, terms in refused.items():
        print(f"error: {name} is under {terms[:60]!r}, which is not known to fit MIT", file=sys.stderr)
    print(f"{len(found)} distributions, {len(refused)} under a licence that does not fit")
    return len(refused)


if __name__ == "__main__":
    sys.exit(1 if main(sys.argv[1] if len(sys.argv) > 1 else "ankomst") else 0)
