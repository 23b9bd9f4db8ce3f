"""Stands in for the commands of people: loads no company."""
