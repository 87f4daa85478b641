-- Parameters: $table, $min_rows, $max_bad_percent. `query_table` takes the name of a table as a value.
select
  count(*) >= $min_rows::bigint and 100.0 * count(problem) <= $max_bad_percent::double * count(*) as ok,
  count(*) as row_count,
  count(problem) as bad_count
from query_table($table);
