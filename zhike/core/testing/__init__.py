"""The test kit: databases, walls, the cast, the battery over every entity.

Import nothing here: pytest loads this package before Django is set up.
"""
