"""Import and export: tables read and written, plans, and the engine that turns rows into records."""
