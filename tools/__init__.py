"""Commands for developers; each file runs by itself."""
