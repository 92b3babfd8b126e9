"""Zhike (知客): customer relationship management for companies that sell and serve."""

__version__ = "0.1.0"
