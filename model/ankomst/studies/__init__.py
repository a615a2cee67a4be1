"""Many runs, and what is concluded from them.

From the bottom: `stats` (intervals and ranks of arrays), `design` (what is run), `metrics` (what is read from
a run), `schema` (experiment files), `engine` (workers, registry, folders), and one folder for each kind of
study. docs/architecture.md says where what is.
"""
