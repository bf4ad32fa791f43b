"""Chapter 03."""

EXERCISES = []
