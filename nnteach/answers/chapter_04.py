"""Chapter 04."""

EXERCISES = []
