"""Figures: forms, marks, colours, and their native charts on slides and in workbooks."""
