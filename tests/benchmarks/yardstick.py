"""The yardstick for the speed of a month: four Philox uniforms for each newcomer and month, one by one.

Frozen as it was when the model drew its own numbers so. The model draws them faster by now; the yardstick
stays, or ratios to it could not be compared over time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numba

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MASK = 0xFFFFFFFF
_MULTIPLIER_0, _MULTIPLIER_1 = 0xD2511F53, 0xCD9E8D57
_WEYL_0, _WEYL_1 = 0x9E3779B9, 0xBB67AE85
_TO_UNIT = 1.0 / 4294967296.0
_njit: Any = numba.njit(error_model="numpy", nogil=True, no_cfunc_wrapper=True, _nrt=False)


@_njit
def _philox(c0: int, c1: int, c2: int, c3: int, k0: int, k1: int) -> tuple[int, int, int, int]:
    for _ in range(10):
        # In 64-bit integers the products wrap, but bits 0 to 63 are right, and only they are read.
        product_0 = _MULTIPLIER_0 * c0
        product_1 = _MULTIPLIER_1 * c2
        c0, c1, c2, c3 = (
            ((product_1 >> 32) & MASK) ^ c1 ^ k0,
            product_1 & MASK,
            ((product_0 >> 32) & MASK) ^ c3 ^ k1,
            product_0 & MASK,
        )
        k0 = (k0 + _WEYL_0) & MASK
        k1 = (k1 + _WEYL_1) & MASK
    return c0, c1, c2, c3


@_njit
def _uniforms(ident: int, month: int, stream: int, k0: int, k1: int) -> tuple[float, float, float, float]:
    a, b, c, d = _philox(int(ident), int(month), int(stream), 0, k0, k1)
    return (a + 0.5) * _TO_UNIT, (b + 0.5) * _TO_UNIT, (c + 0.5) * _TO_UNIT, (d + 0.5) * _TO_UNIT


@_njit
def draw_only(idents: NDArray[np.int64], months: int, k0: int, k1: int) -> float:
    """Draw four uniforms for each newcomer and month and add them up.

    Parameters
    ----------
    idents : ndarray of int64, shape (n,)
        Person ids.
    months : int
        Months drawn for each.
    k0, k1 : int
        Key words.
    """
    total = 0.0
    for month in range(months):
        for i in range(idents.shape[0]):
            a, b, c, d = _uniforms(idents[i], month, 0, k0, k1)
            total += a + b + c + d
    return total
