"""The desk's routes, a module for each thing that people come for."""
