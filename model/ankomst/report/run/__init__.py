"""The page of `ankomst run`."""
