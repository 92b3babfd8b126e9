"""Settings, root addresses, the WSGI application and the `zhike` command."""
