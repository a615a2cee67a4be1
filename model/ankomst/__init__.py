"""Agent-based model of newcomers in Danish municipalities."""
