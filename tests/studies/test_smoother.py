"""The smoother against what is known exactly, and against truths that are simulated."""

from __future__ import annotations

import numpy as np
import pytest

from ankomst.studies.calibration.smoother import Likelihood, Smoother, correlations, informed, likelihood

RNG = 20131


def linear(members: int, seed: int) -> tuple[np.ndarray, np.ndarray, Likelihood]:
    """Return a response matrix, a prior ensemble and a likelihood with correlated errors."""
    random = np.random.default_rng(seed)
    response = random.normal(size=(4, 6))
    root = np.tril(random.normal(size=(4, 4))) * 0.3 + 0.5 * np.eye(4)
    target = Likelihood(random.normal(size=4), root @ root.T)
    return response, random.standard_normal((members, 6)), target


def exact(response: np.ndarray, target: Likelihood) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and covariance of the posterior of a linear model with a standard normal prior."""
    precision = np.eye(6) + response.T @ np.linalg.solve(target.covariance, response)
    covariance = np.linalg.inv(precision)
    return covariance @ response.T @ np.linalg.solve(target.covariance, target.published), covariance


@pytest.mark.parametrize("steps", [1, 4])
def test_the_posterior_of_a_linear_model_is_the_exact_one(steps: int) -> None:
    response, normal, target = linear(3000, RNG)
    smoother = Smoother(target, steps, seed=1)
    for _ in range(steps):
        normal = smoother.step(normal, normal @ response.T)
    mean, covariance = exact(response, target)
    assert np.abs(normal.mean(axis=0) - mean).max() < 0.08
    assert np.abs(np.cov(normal.T) - covariance).max() < 0.08


def test_a_step_is_that_of_the_paper() -> None:
    """Emerick and Reynolds (2013), equations 3 and 4, with the whole covariance of the errors."""
    response, normal, target = linear(60, RNG)
    figures = normal @ response.T
    moved = Smoother(target, 4, seed=7).step(normal, figures)
    root = np.linalg.cholesky(target.covariance)
    luck = np.random.default_rng(7).standard_normal((4, 60))
    wanted = target.published[:, None] + 2.0 * root @ luck
    covariance = np.cov(normal.T, figures.T)
    gain = covariance[:6, 6:] @ np.linalg.inv(covariance[6:, 6:] + 4.0 * target.covariance)
    by_hand = normal + (gain @ (wanted - figures.T)).T
    assert np.abs(moved - by_hand).max() < 1e-12


def test_intervals_hold_simulated_truths_as_often_as_they_say() -> None:
    """A curved model with luck, 60 truths: the fast twin of tests/benchmarks/recovery.py."""
    random = np.random.default_rng(RNG)
    response = random.normal(size=(8, 5)) * 0.6
    noise, sd = 0.1 * np.eye(8) ** 2, np.full(8, 0.2)

    def model(normal: np.ndarray, luck: np.ndarray) -> np.ndarray:
        return np.tanh(normal @ response.T * 0.5) * 2.0 + luck

    held = []
    for truth in range(60):
        normal = random.standard_normal((150, 5))
        true = random.standard_normal((1, 5))
        luck = random.multivariate_normal(np.zeros(8), noise, 2)
        published = model(true, luck[0])[0] + sd * random.standard_normal(8)
        smoother = Smoother(likelihood(published, sd, noise), 4, seed=truth)
        for _ in range(4):
            normal = smoother.step(normal, model(normal, luck[1]))
        low, high = np.quantile(normal, [0.05, 0.95], axis=0)
        held.append((low <= true[0]) & (true[0] <= high))
    assert 0.80 <= np.mean(held) <= 0.98


def test_only_parameters_that_a_target_is_tied_to_count_as_informed() -> None:
    random = np.random.default_rng(RNG)
    normal = random.standard_normal((300, 4))
    figures = np.column_stack([normal[:, 0] + 0.5 * random.standard_normal(300), -np.exp(normal[:, 2])])
    assert informed(normal, figures, 3.5).tolist() == [True, False, True, False]


def test_rank_correlations_know_order_only_and_constants_count_as_none() -> None:
    left = np.column_stack([np.arange(5.0), np.full(5, 3.0)])
    right = np.exp(np.arange(5.0))[:, None]
    assert np.allclose(correlations(left, right), [[1.0], [0.0]])


def test_the_error_of_a_figure_holds_the_luck_of_two_countries() -> None:
    noise = np.array([[4.0, 1.0], [1.0, 2.0]])
    found = likelihood(np.zeros(2), np.array([1.0, 2.0]), noise, replicates=2)
    assert np.allclose(found.covariance, np.diag([1.0, 4.0]) + 1.5 * noise)
    assert found.chi_square(np.zeros((3, 2))).tolist() == [0.0, 0.0, 0.0]
