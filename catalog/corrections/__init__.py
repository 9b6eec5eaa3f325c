"""What does not fit: corrections (校核), disputes (争议处理) and demands for data that nobody has registered."""
