-- The raw files as views. Each row gets a column "problem": null for a good row, else what is wrong with it.
-- Relative paths start in the project's data folder.

create or replace view staged_airports as
select
  iata, name, city, state, latitude, longitude,
  case
    when iata is null or name is null then 'no code or name'
    when latitude not between -90 and 90 or longitude not between -180 and 180 then 'not on this planet'
  end as problem
from read_csv('raw/airports.csv');

create or replace view staged_flights as
select
  flight.date as departed_at, flight.delay, flight.distance, flight.origin, flight.destination,
  case
    when flight.date is null or flight.delay is null then 'no date or delay'
    when flight.date < '2001-01-01' or flight.date >= '2001-07-01' then 'not in the first half of 2001'
    when flight.delay < -120 then 'more than two hours early'
    when flight.delay > 1440 then 'more than a day late'
    when flight.distance <= 0 then 'no distance'
    when airport.iata is null then 'unknown airport'
  end as problem
from read_parquet('raw/flights-3m.parquet') as flight
left join staged_airports as airport on airport.iata = flight.origin;
