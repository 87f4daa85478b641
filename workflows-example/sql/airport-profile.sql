-- Parameter: $airport. What one page draws: the share of late flights by weekday and hour.
-- A parameter that becomes part of a file's name is checked first: three capital letters, and nothing like "../".
copy (
  select
    $airport as airport,
    (select any_value(name || ', ' || city || ' ' || state) from delays where origin = $airport) as title,
    (
      select list(cell)
      from (
        select weekday, hour, sum(flights)::bigint as flights, 100.0 * sum(late) / sum(flights) as late_percent
        from delays where origin = $airport
        group by weekday, hour order by weekday, hour
      ) as cell
    ) as hours
) to ('report/airport-' || regexp_extract($airport, '^[A-Z]{3}$') || '.json') (format json);

select
  coalesce(sum(flights), 0)::bigint as flights,
  coalesce(100.0 * sum(late) / sum(flights), 0)::double as late_percent
from delays
where origin = $airport;
