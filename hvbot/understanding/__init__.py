"""Reads what people write. Pure: text, lexicons and the question asked go in, a `Reading` comes out."""
