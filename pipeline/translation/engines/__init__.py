"""The engines that come with the pipeline."""
