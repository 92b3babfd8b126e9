"""The import in the browser, step by step. Every step is a plain form, can be left, and is as it was when one comes back."""
