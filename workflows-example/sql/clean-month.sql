-- Parameter: $month. One file a month, overwritten as a whole: months can be rebuilt alone, and side by side.
copy (
  select departed_at, delay, distance, origin, destination
  from staged_flights
  where problem is null and month(departed_at) = $month::int
) to ('clean/month-' || $month::int || '.parquet') (format parquet);

select count(*) as row_count from read_parquet('clean/month-' || $month::int || '.parquet');
