"""What a control room knows and may do, as frozen values and pure functions."""
