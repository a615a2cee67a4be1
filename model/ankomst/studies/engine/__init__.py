"""Carrying out runs: tasks and workers, the registry, chunks of rows, folders and manifests."""
