"""Intervals, verdicts, ranks and resampling: arrays only."""
