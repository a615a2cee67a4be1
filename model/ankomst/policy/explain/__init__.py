"""Scenarios in words: differences, dates, cautions, and the page of all levers."""
