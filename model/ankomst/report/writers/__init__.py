"""Slides, workbooks and images of a story; tables and text for terminals."""
