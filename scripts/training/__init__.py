"""Whole trainings: data, a new model, its stages one after another. See recipe.py."""
