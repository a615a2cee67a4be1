"""The levers: one class for each section of a scenario file."""
