"""Change requests: estimate, the customer's approval, booking, and the delivery that closes them (R7)."""
