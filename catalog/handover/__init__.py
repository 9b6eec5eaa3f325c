"""The hand-over of a leaver: everything that hangs on one person goes to successors, or is shown as vacant."""
