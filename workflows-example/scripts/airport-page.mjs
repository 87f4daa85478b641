// Draws the page of one airport: report/airport-<code>.svg from report/airport-<code>.json, both in $HEADWATER_DATA.

import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HEAT_MAP, heatMap } from "./heat-map.mjs";
import { QUIET, drawing, text } from "./svg.mjs";

const folder = process.env.HEADWATER_DATA ?? ".";
const { airport, title, hours } = JSON.parse(
  readFileSync(join(folder, `report/airport-${process.env.AIRPORT}.json`), "utf8"),
);

const file = `report/airport-${airport}.svg`;
const flights = hours.reduce((sum, cell) => sum + cell.flights, 0);
const picture = drawing({ width: HEAT_MAP.width + 80, height: HEAT_MAP.height + 130, title }, [
  text(40, 52, title, { size: 24, weight: 700 }),
  text(40, 76, `${flights.toLocaleString("en-US")} departures by weekday and hour, share of late flights`, {
    size: 14,
    fill: QUIET,
  }),
  ...heatMap({ x: 40, y: 96, hours, fewest: 20 }),
]);
writeFileSync(join(folder, file), picture);
console.log(`${title}: drew ${file}`);
appendFileSync(process.env.HEADWATER_OUTPUT ?? "/dev/stdout", `file=${file}\n`);
