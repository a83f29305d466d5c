"""Reports: what the tables say about a period, other centres' records, and the forms they take."""
