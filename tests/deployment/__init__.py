"""What a deployment is described by, read by the real parsers and run without containers."""
