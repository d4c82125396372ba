"""Progress: whether families are answering."""
