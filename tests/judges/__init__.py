"""The judges of a published site: tools from npm, PyPI and Debian, and what each says of it."""
