"""Points for records by rules that an administrator keeps, with the reasons in words. Knows no kind of record by name."""
