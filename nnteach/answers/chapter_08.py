"""Chapter 08."""

EXERCISES = []
