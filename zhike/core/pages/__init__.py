"""Pages made from the registry: what every entity gets without a line of its own, and the shell around all pages."""
