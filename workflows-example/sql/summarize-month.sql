-- Parameters: $month, $late_after. From half a million flights to a few ten thousand rows:
-- one for each airport, weekday (1 is Monday) and hour.
copy (
  select
    $month::int as month,
    origin,
    isodow(departed_at) as weekday,
    hour(departed_at) as hour,
    count(*) as flights,
    count(*) filter (where delay > $late_after::int) as late,
    sum(delay)::bigint as delay_minutes
  from read_parquet('clean/month-' || $month::int || '.parquet')
  group by all
  order by all
) to ('summary/month-' || $month::int || '.parquet') (format parquet);

select coalesce(sum(flights), 0)::bigint as flights, coalesce(sum(late), 0)::bigint as late
from read_parquet('summary/month-' || $month::int || '.parquet');
