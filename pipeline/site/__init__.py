"""The site: what a page shows, where it is, how it is set, and how it is published."""
