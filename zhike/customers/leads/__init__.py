"""Leads: what always holds for them, what people do with them, and who of them is known already."""
