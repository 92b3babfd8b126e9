"""Fields that an administrator adds in the page, and what he changes of the built-in ones."""
