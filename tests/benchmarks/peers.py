"""Other packages on one toy rule set, each in a process of its own; what is not installed is skipped.

Run with `.venv/bin/python tests/benchmarks/peers.py`. People are in class, at the job centre, employed or
gone; they learn, find and lose work, and have a balance. The toy has a tenth of the model's rules: figures
say what the packages cost, not how they compare with the model at equal work. Mesa steps one object a person;
Starsim, mesa-frames and polars work on whole columns, as NumPy does.
"""

from __future__ import annotations

import argparse
import importlib.util
import math
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

Array = Any
BASE, LANGUAGE, LOSS, LEAVE, DROP_OUT = 0.02, 1.0, 0.02, 0.002, 0.02
BENEFIT, TAX = 12_000.0, 6_000.0
CLASS, JOB_CENTRE, EMPLOYED, GONE = range(4)


def people(n: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Fixed traits: log of the hazard of work, and speed of learning."""
    random = np.random.default_rng(1)
    return random.normal(0.0, 0.5, n), random.uniform(0.01, 0.03, n)


def month_of(state: dict[str, Array], u: Array) -> None:
    """One month of columns, with three uniforms a person."""
    status, language, tenure = state["status"], state["language"], state["tenure"]
    language = np.minimum(1.0, language + state["speed"] * (status == CLASS))
    found = (status < EMPLOYED) & (u[0] < 1.0 - np.exp(-BASE * np.exp(state["eta"] + LANGUAGE * language)))
    lost = (status == EMPLOYED) & (u[0] < LOSS / (1.0 + tenure / 12.0))
    ended = (status == CLASS) & ((language >= 1.0) | (u[1] < DROP_OUT))
    status = np.where(found, EMPLOYED, np.where(lost | ended, JOB_CENTRE, status))
    status = np.where(u[2] < LEAVE, GONE, np.where(state["status"] == GONE, GONE, status))
    state["tenure"] = np.where(found, 0, tenure + (status == EMPLOYED))
    paid = np.where(status == EMPLOYED, TAX * (1.0 + 0.1 * language), 0.0)
    state["balance"] = state["balance"] + np.where(status < EMPLOYED, -BENEFIT, paid)
    state["status"], state["language"] = status, language


def columns(n: int) -> dict[str, Array]:
    """Everybody in the state of arrival."""
    eta, speed = people(n)
    nothing = np.zeros(n)
    return {
        "eta": eta, "speed": speed, "status": np.zeros(n, np.int8), "language": nothing,
        "tenure": np.zeros(n, np.int32), "balance": nothing,
    }  # fmt: skip


def share(status: Array) -> float:
    """Share in work, to be the same for all."""
    return float((np.asarray(status) == EMPLOYED).mean())


def run_numpy(n: int, months: int) -> tuple[float, float]:
    """Columns."""
    random, state = np.random.default_rng(2), columns(n)
    start = time.process_time()
    for _ in range(months):
        month_of(state, random.random((3, n)))
    return time.process_time() - start, share(state["status"])


def run_mesa(n: int, months: int) -> tuple[float, float]:  # noqa: C901 - the rules once more
    """One object a person."""
    import mesa

    class Person(mesa.Agent):  # type: ignore[misc]
        def __init__(self, model: Any, eta: float, speed: float) -> None:  # noqa: ANN401
            super().__init__(model)
            self.eta, self.speed = eta, speed
            self.status, self.language, self.tenure, self.balance = CLASS, 0.0, 0, 0.0

        def step(self) -> None:
            if self.status == GONE:
                return
            u = self.random.random
            if self.status == CLASS:
                self.language = min(1.0, self.language + self.speed)
            if self.status == EMPLOYED:
                self.tenure += 1
                if u() < LOSS / (1.0 + self.tenure / 12.0):
                    self.status = JOB_CENTRE
            elif u() < 1.0 - math.exp(-BASE * math.exp(self.eta + LANGUAGE * self.language)):
                self.status, self.tenure = EMPLOYED, 0
            elif self.status == CLASS and (self.language >= 1.0 or u() < DROP_OUT):
                self.status = JOB_CENTRE
            if u() < LEAVE:
                self.status = GONE
            elif self.status == EMPLOYED:
                self.balance += TAX * (1.0 + 0.1 * self.language)
            else:
                self.balance -= BENEFIT

    model = mesa.Model(rng=2)
    for eta, speed in zip(*people(n), strict=True):
        Person(model, float(eta), float(speed))
    start = time.process_time()
    for _ in range(months):
        model.agents.do("step")
    return time.process_time() - start, share([person.status for person in model.agents])


def frame_month(frame: Any, u: Array) -> Any:  # noqa: ANN401
    """One month of a polars frame."""
    import polars as pl

    c = pl.col
    frame = frame.with_columns(u=u[0], v=u[1], w=u[2]).with_columns(
        language=pl.min_horizontal(1.0, c("language") + c("speed") * (c("status") == CLASS))
    )
    hazard = BASE * (c("eta") + LANGUAGE * c("language")).exp()
    frame = frame.with_columns(
        found=(c("status") < EMPLOYED) & (c("u") < 1.0 - (-hazard).exp()),
        lost=(c("status") == EMPLOYED) & (c("u") < LOSS / (1.0 + c("tenure") / 12.0)),
        ended=(c("status") == CLASS) & ((c("language") >= 1.0) | (c("v") < DROP_OUT)),
    )
    frame = frame.with_columns(
        status=pl.when((c("w") < LEAVE) | (c("status") == GONE)).then(GONE).when(c("found")).then(EMPLOYED)
        .when(c("lost") | c("ended")).then(JOB_CENTRE).otherwise(c("status")).cast(pl.Int8),
        tenure=pl.when(c("found")).then(0).otherwise(c("tenure") + (c("status") == EMPLOYED)).cast(pl.Int32),
    )  # fmt: skip
    paid = pl.when(c("status") == EMPLOYED).then(TAX * (1.0 + 0.1 * c("language"))).otherwise(0.0)
    return frame.with_columns(
        balance=c("balance") + pl.when(c("status") < EMPLOYED).then(-BENEFIT).otherwise(paid)
    )


def run_polars(n: int, months: int) -> tuple[float, float]:
    """Columns of a frame."""
    import polars as pl

    random, frame = np.random.default_rng(2), pl.DataFrame(columns(n))
    start = time.process_time()
    for _ in range(months):
        frame = frame_month(frame, random.random((3, n)))
    return time.process_time() - start, share(frame["status"].to_numpy())


def run_mesa_frames(n: int, months: int) -> tuple[float, float]:
    """The same frame as a set of agents."""
    import polars as pl
    from mesa_frames import AgentSetPolars, ModelDF

    class People(AgentSetPolars):  # type: ignore[misc]
        def __init__(self, model: Any) -> None:  # noqa: ANN401
            super().__init__(model)
            self += pl.DataFrame({"unique_id": np.arange(n)} | columns(n))

        def step(self) -> None:
            self.agents = frame_month(self.agents, self.random.random((3, n)))

    model = ModelDF()
    group = People(model)
    model.agents += group
    start = time.process_time()
    for _ in range(months):
        model.agents.do("step")
    return time.process_time() - start, share(group.agents["status"].to_numpy())


def run_starsim(n: int, months: int) -> tuple[float, float]:
    """The columns as states of a module."""
    import starsim as ss

    names = ("eta", "speed", "status", "language", "tenure", "balance")

    class Work(ss.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.define_states(*(ss.FloatArr(name, default=0.0) for name in names))
            self.draws = [ss.random() for _ in range(3)]
            self.first, self.second, self.third = self.draws

        def init_post(self) -> None:
            super().init_post()
            self.eta[:], self.speed[:] = people(n)

        def step(self) -> None:
            who = self.sim.people.auids
            state = {name: getattr(self, name).values for name in names}
            month_of(state, [np.asarray(draw.rvs(who)) for draw in (self.first, self.second, self.third)])
            for name in names[2:]:
                getattr(self, name)[:] = state[name]

    work = Work()
    end = 2000 + months / 12 - 1 / 24
    sim = ss.Sim(n_agents=n, start=2000, stop=end, dt=1 / 12, modules=[work], verbose=0, copy_inputs=False)
    sim.init()
    start = time.process_time()
    sim.run()
    return time.process_time() - start, share(work.status.values)


RUNS: dict[str, Callable[[int, int], tuple[float, float]]] = {
    "numpy": run_numpy, "mesa": run_mesa, "polars": run_polars, "mesa_frames": run_mesa_frames,
    "starsim": run_starsim,
}  # fmt: skip
"""By the name of the package."""


def main() -> None:
    """Run each package in a process of its own, or one with --only."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agents", type=int, default=20_000)
    parser.add_argument("--months", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3, help="the least time counts")
    parser.add_argument("--only", choices=RUNS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        seconds, in_work = min(
            RUNS[options.only](options.agents, options.months) for _ in range(options.rounds)
        )
        print(f"{seconds / options.agents / options.months * 1e9:10.1f} ns {in_work:12.3f}")
        return
    print(f"{'package':<14}{'agent-month':>13}{'in work':>13}")
    for name in RUNS:
        if importlib.util.find_spec(name) is None:
            print(f"{name:<14}{'not installed':>13}")
            continue
        command = [sys.executable, __file__, "--only", name, *(f"--{key}={getattr(options, key)}" for key in
                   ("agents", "months", "rounds"))]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        said = done.stdout.splitlines() or done.stderr.splitlines()
        print(f"{name:<14}{said[-1]}")


if __name__ == "__main__":
    main()
