"""Home visits arranged by text: families, pairs of educators, and the coordinator who watches."""

__version__ = "0.1.0"
