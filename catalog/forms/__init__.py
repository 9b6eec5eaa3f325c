"""Forms made from the standards: one record at a time, as a draft until it is registered."""
