"""People: users, departments, roles, tokens, sign-in. What each may reach is resolved here and enforced in `core`."""
