"""Problems: the cause behind incidents, its workaround, and the fix that two people verify (R1)."""
