"""What the register and the desk say taken together: sharing, the three lists, timeliness, the monthly brief."""
