"""The API over every registered entity, at /api/v1/. Same rights, same actions, same sentences as the pages."""
