"""What the commands do; `ankomst.cli` reads their options and calls them."""
