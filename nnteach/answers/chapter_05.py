"""Chapter 05."""

EXERCISES = []
