"""A replica as two processes: one answers requests, the other one runs timers, relay and consumer.

So nothing that a caller sends can hold up a deadline. The loops' process is the one that was started; it
forks the other one, and has the management port. Each ends when the other one does.
"""
