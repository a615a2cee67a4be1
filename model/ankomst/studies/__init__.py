"""Many runs: paired comparisons, their statistics, the headline grid, and results on disk."""
