"""Steps of the month that treat whole groups: periods, plans, and what is settled for municipalities."""
