"""What cameras, their links and their alarm rules are: values and pure functions."""
