"""PostgreSQL: transactions, migrations, the tables that every service has, ids, BI views."""
