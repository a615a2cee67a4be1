"""The compiled month: arrays, their fields, and the rules for one person."""
