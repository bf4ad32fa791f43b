"""Chapter 07."""

EXERCISES = []
