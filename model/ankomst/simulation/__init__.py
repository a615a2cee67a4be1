"""The model: newcomers, municipalities, the month, the accounts and the named outcomes."""
