"""Watching a record: whoever does hears of its changes."""
