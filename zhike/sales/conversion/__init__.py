"""What a lead becomes: customer, contact and opportunity, with all that was known of it and all that hangs on it."""
