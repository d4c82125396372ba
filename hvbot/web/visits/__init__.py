"""Visits: who goes where."""
