"""The page of a sensitivity analysis."""
