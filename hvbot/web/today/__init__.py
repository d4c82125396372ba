"""Today: what needs a person now."""
