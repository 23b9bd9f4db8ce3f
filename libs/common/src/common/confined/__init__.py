"""The side of confined work that runs in the process of its piece.

What is imported here is in the memory of each process: as little as possible, since every page that one
touches is copied for it.
"""
