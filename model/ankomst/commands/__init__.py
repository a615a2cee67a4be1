"""The commands, one a module; `ankomst.cli` holds their options and imports the one that is run."""
