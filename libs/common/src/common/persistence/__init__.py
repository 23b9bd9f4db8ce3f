"""PostgreSQL: transactions, set-based statements, paging, migrations, common tables, BI views."""
