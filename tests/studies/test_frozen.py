"""Smoother and PRIM against numbers that libraries gave, and against the libraries where they are there."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.studies.frozen_cases import CASES, MEMBERS, SEED, STEPS, Array, curved, points, prior, target

from ankomst.studies.calibration.smoother import Smoother
from ankomst.studies.decision.discovery import FEWEST, PEEL, SMALLEST, discover
from ankomst.studies.decision.prim import inside, trajectory

FROZEN = json.loads(Path(__file__).with_name("frozen.json").read_text(encoding="utf-8"))


def peeled(x: Array, flips: Array) -> list[Array]:
    return trajectory(x, flips, thin=PEEL, smallest=max(SMALLEST, FEWEST / len(x)))


def smoothed() -> Array:
    smoother, normal = Smoother(target(), STEPS, SEED), prior()
    for _ in range(STEPS):
        normal = smoother.step(normal, curved(normal))
    return normal


def test_the_smoother_gives_the_numbers_that_the_library_gave() -> None:
    found, frozen = smoothed(), FROZEN["smoother"]
    assert found.shape == (MEMBERS, 5)
    assert np.abs(found.mean(axis=0) - frozen["mean"]).max() < 1e-10
    assert np.abs(found.std(axis=0) - frozen["sd"]).max() < 1e-10
    assert np.abs(found[:3] - frozen["members"]).max() < 1e-10


def test_the_smoother_gives_the_numbers_that_the_library_gives() -> None:
    library = pytest.importorskip("iterative_ensemble_smoother", reason="GPL: not among the dependencies")
    normal, aim = prior(), target()
    esmda = library.ESMDA(np.ones(6), np.zeros(6), alpha=STEPS, seed=SEED)
    for _ in range(STEPS):
        esmda.prepare_assimilation(Y=aim.whitened(curved(normal)).T.copy(), truncation=1.0)
        normal = esmda.assimilate_batch(X=normal.T.copy()).T
    assert np.abs(smoothed() - normal).max() < 1e-10


@pytest.mark.parametrize("name", CASES)
def test_prim_peels_the_boxes_that_the_library_peeled(name: str) -> None:
    (x, flips), frozen = points(name), FROZEN["prim"][name]
    boxes = peeled(x, flips)
    within = [inside(x, box) for box in boxes]
    assert [int(v.sum()) for v in within] == frozen["sizes"]
    assert [int(flips[v].sum()) for v in within] == frozen["flips"]
    last = [[None if np.isinf(limit) else limit for limit in row] for row in boxes[-1].tolist()]
    assert last == frozen["last"]


@pytest.mark.parametrize("name", CASES)
def test_discovery_finds_what_it_found_with_the_library(name: str) -> None:
    (x, flips), frozen = points(name), FROZEN["prim"][name]
    names = [f"f{k}" for k in range(x.shape[1])]
    ranges = np.column_stack([x.min(axis=0), x.max(axis=0)])
    found = discover(x, flips, names, ranges, value=flips * 1.0, question="q", seed=1)
    for column in ("density", "coverage"):
        assert [None if np.isnan(v) else v for v in found.boxes[column]] == frozen[column]
    limits: list[list[Any]] = found.box_limits[["factor", "low", "high", "qp"]].to_numpy().tolist()
    assert [row[:3] for row in limits] == [row[:3] for row in frozen["limits"]]
    assert [row[3] for row in limits] == pytest.approx([row[3] for row in frozen["limits"]], rel=1e-9)


@pytest.mark.parametrize("name", CASES)
def test_prim_peels_the_boxes_that_the_library_peels(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        prim = pytest.importorskip("ema_workbench.analysis.prim", reason="it needs Platypus, which is GPL")
        x, flips = points(name)
        columns = [str(k) for k in range(x.shape[1])]
        search = prim.Prim(
            pd.DataFrame(x, columns=columns),
            flips.astype(float),
            threshold=0.5 / len(x),
            peel_alpha=PEEL,
            paste_alpha=PEEL,
            mass_min=max(SMALLEST, FEWEST / len(x)),
        )
        by_library = [limits[columns].to_numpy(dtype=float).T for limits in search.find_box().box_lims]
    whole = np.column_stack([x.min(axis=0), x.max(axis=0)])
    wanted = [np.where(box == whole, [-np.inf, np.inf], box) for box in by_library]
    assert np.array_equal(np.array(peeled(x, flips)), np.array(wanted))
