"""Tables in CSV that a user may bring: reading them, and messages with row and column."""
