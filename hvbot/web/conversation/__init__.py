"""Conversation: what was said, and what hvbot made of it."""
