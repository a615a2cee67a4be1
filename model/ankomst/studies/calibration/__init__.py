"""Fitting parameters to published figures by an ensemble smoother (ES-MDA)."""
