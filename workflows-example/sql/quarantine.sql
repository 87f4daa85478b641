-- The bad rows, kept for whoever looks into it, and a summary for the report.
copy (from staged_flights where problem is not null) to 'quarantine/flights.parquet' (format parquet);

copy (
  select problem, count(*) as rows, min(departed_at)::varchar as first_seen
  from read_parquet('quarantine/flights.parquet')
  group by problem
  order by rows desc
) to 'quarantine/problems.json' (format json, array true);

select count(*) as row_count from read_parquet('quarantine/flights.parquet');
