"""Pipelines, stages, opportunities and the funnel."""
