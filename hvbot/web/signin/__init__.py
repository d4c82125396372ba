"""Coming in by a one-time link."""
