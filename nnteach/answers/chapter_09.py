"""Chapter 09."""

EXERCISES = []
