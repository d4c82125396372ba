"""Every table as CSV."""
