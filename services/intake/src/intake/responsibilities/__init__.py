"""Who answers for a customer (delivery manager) and for a product (product owner), with deputies (R5)."""
