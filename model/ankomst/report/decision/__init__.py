"""The page of a decision study."""
