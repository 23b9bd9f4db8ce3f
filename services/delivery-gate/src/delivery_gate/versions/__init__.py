"""Versions: names bound to one immutable digest, with the checks that pipelines report."""
