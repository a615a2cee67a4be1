"""The story of a batch: figures, tables and sentences from its stored runs."""
