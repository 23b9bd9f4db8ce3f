"""The demo company: who is who in it, and how it gets into OpsDesk through the public API."""
