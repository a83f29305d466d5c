"""Rule documents: what supervisors edit instead of code, one pure parser each."""
