"""Levers, scenarios, parameters, dated rates and law: the choices of an analyst. No simulation."""
