"""What a scenario changes, in words: differences, dates, cautions, and the page of all levers."""
