"""Calls, incidents, units, alarms: what the control room decides and records."""
