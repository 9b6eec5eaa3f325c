"""Pictures for the user guide."""
