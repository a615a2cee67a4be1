"""Slides, workbooks and images of a story."""
