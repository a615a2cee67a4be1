"""Compilation of the kernels, with a cache that knows all their sources.

numba's own cache looks at the file of a kernel only: a change in a callee of another file would go
unseen. Here the folder of the cache is named by a hash of all files of this folder and of `codes.py`, of
which kernels are made, so a changed source always compiles anew.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba

_FOLDER_OF_KERNELS = Path(__file__).parent
_CODES = _FOLDER_OF_KERNELS.parent / "codes.py"
_F = TypeVar("_F", bound=Callable[..., Any])
_njit: Any = numba.njit
# Kernels only read and write arrays that they are given. Without numba's reference counts (_nrt) they
# compile in half the time and run twenty times faster: the counts are kept at every access of an array
# in a named tuple.
_COMMON = {"error_model": "numpy", "no_cfunc_wrapper": True, "_nrt": False}


def source_hash() -> str:
    """Return twelve hex digits that change with any source of a kernel or with numba."""
    digest = hashlib.sha256(numba.__version__.encode())
    for source in (_CODES, *sorted(_FOLDER_OF_KERNELS.glob("*.py"))):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:12]


def _cache_folder() -> Path:
    """Return a folder beside the kernels where that can be written, else one in the user's cache."""
    own = _FOLDER_OF_KERNELS / "__pycache__"
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    if chosen:
        return Path(chosen) / f"ankomst-{source_hash()}"
    if os.access(own if own.is_dir() else own.parent, os.W_OK):
        return own / f"kernels-{source_hash()}"
    home = os.environ.get("XDG_CACHE_HOME") or (Path.home() / ".cache")
    base = Path(home) if os.access(Path(home).parent, os.W_OK) else Path(tempfile.gettempdir())
    return base / "ankomst" / source_hash()


_FOLDER = str(_cache_folder())


def kernel(function: _F) -> _F:
    """Compile a function that is called from Python; it holds no lock, so threads run side by side."""
    config: Any = numba.config
    before, config.CACHE_DIR = config.CACHE_DIR, _FOLDER
    try:
        compiled: _F = _njit(cache=True, nogil=True, **_COMMON)(function)
    finally:
        config.CACHE_DIR = before
    return compiled


def inlined(function: _F) -> _F:
    """Compile a function into each of its callers; it cannot be called from Python, which saves a third."""
    compiled: _F = _njit(forceinline=True, no_cpython_wrapper=True, **_COMMON)(function)
    return compiled
