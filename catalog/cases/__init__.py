"""The desk: what people are doing, as cases with a state, a party that is awaited and a day on which it is due."""
