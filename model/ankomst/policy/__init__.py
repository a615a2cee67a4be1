"""What an analyst may change: levers, scenarios, parameters and dated rates. No simulation."""
