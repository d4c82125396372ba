"""hvbot's scheduling, tested without a fixture."""
