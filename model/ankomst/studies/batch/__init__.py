"""Batches: scenarios, draws and replicates, and their tables."""
