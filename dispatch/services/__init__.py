"""What operators, crews and machines can ask for: one async function per intention."""
