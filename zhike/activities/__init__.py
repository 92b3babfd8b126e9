"""Follow-ups: what was done with a record, what is to be done, and what was said about it."""
