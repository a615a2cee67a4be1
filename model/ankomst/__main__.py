"""`python -m ankomst`: the command line, as `ankomst` starts it."""

from ankomst.cli import main

main()
