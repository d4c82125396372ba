"""Decides what one text, reminder or silence leads to. Pure: a state and an event go in, a `Turn` comes out."""
