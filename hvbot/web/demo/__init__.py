"""The simulated phones; only in the demo."""
