"""Chapter 06."""

EXERCISES = []
