"""What every package may lean on: ids, clock, errors, facts, database, journal, transaction."""
