"""Families: who is reachable, and where each stands."""
