"""The first page, the help and the meaning of every problem."""
