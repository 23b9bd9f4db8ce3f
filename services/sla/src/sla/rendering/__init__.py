"""Renders documents as HTML, PDF, XLSX and CSV, and pictures as SVG. Knows no other noun."""
