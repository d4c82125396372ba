"""How each question's answers are taken, one module a question."""
