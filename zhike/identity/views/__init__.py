"""Pages of this app that the registry does not make: sign-in, set-up, one's own account, and the settings of people."""
