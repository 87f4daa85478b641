-- All months that have been summarized become one table, with the airports' names and places.
create or replace table delays as
select summary.*, airport.name, airport.city, airport.state, airport.latitude, airport.longitude
from read_parquet('summary/month-*.parquet') as summary
join staged_airports as airport on airport.iata = summary.origin;

-- What the report draws: one JSON object, a list for each part.
copy (
  with
    total as (
      select sum(flights)::bigint as flights, sum(late)::bigint as late, sum(delay_minutes) / sum(flights) as mean_delay
      from delays
    ),
    by_month as (
      select month, sum(flights)::bigint as flights, 100.0 * sum(late) / sum(flights) as late_percent
      from delays group by month order by month
    ),
    by_hour as (
      select weekday, hour, sum(flights)::bigint as flights, 100.0 * sum(late) / sum(flights) as late_percent
      from delays group by weekday, hour order by weekday, hour
    ),
    by_airport as (
      select
        origin, any_value(city) as city, any_value(state) as state, sum(flights)::bigint as flights,
        100.0 * sum(late) / sum(flights) as late_percent, sum(delay_minutes) / sum(flights) as mean_delay
      from delays group by origin
      having sum(flights) >= 20000
      order by late_percent desc
    )
  select
    (select total from total) as total,
    (select list(by_month) from by_month) as months,
    (select list(by_hour) from by_hour) as hours,
    (select list(by_airport) from by_airport) as airports
) to 'report/delays.json' (format json);

select sum(flights)::bigint as flights, sum(late)::bigint as late, count(distinct origin) as airports from delays;
