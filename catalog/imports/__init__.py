"""The import flow: a file becomes an upload, is mapped where it is not ours, checked, mended and registered."""
