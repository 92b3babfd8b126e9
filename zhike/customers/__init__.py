"""Customers, contacts, and what is special about them in China."""
