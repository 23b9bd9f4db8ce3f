"""Check reports: what pipelines report about the checks of a version."""
