"""Files on their way in: choose, map, check, register."""
