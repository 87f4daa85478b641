// The last step of flight-delays: a chart and a table of what was published, or a note on what was not.
//
// In:   report/delays.json or quarantine/problems.json in $HEADWATER_DATA, written by the SQL steps
//       PUBLISHED    "true" after `publish`, "false" after `quarantine`
//       LATE_AFTER   minutes
// Out:  report/delays.svg and report/delays.md, or report/quarantine.md

import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { HEAT_MAP, heatMap } from "./heat-map.mjs";
import { INK, QUIET, box, drawing, heat, text } from "./svg.mjs";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const MARGIN = 40;
const AIRPORTS_SHOWN = 12;

const folder = process.env.HEADWATER_DATA ?? ".";
const lateAfter = Number(process.env.LATE_AFTER ?? 15);
const written = process.env.PUBLISHED === "true" ? reportDelays() : reportQuarantine();
const files = written.map((file) => resolve(folder, file));
appendFileSync(process.env.HEADWATER_OUTPUT ?? "/dev/stdout", `files=${JSON.stringify(files)}\n`);

function reportDelays() {
  const report = readJson("report/delays.json");
  const table = markdownTable(
    ["Airport", "City", "Flights", "Late", "Mean delay"],
    report.airports
      .slice(0, AIRPORTS_SHOWN)
      .map((airport) => [
        airport.origin,
        `${airport.city}, ${airport.state}`,
        airport.flights.toLocaleString("en-US"),
        percent(airport.late_percent),
        `${airport.mean_delay.toFixed(1)} min`,
      ]),
  );
  write(
    "report/delays.md",
    `# Flight delays\n\n${summaryOf(report)}\n\nThe airports whose flights were late most often, of those with 20,000 flights and more:\n\n${table}\n`,
  );
  write("report/delays.svg", chart(report));
  console.log(`${summaryOf(report)}\n\n${table}`);
  return ["report/delays.svg", "report/delays.md"];
}

function reportQuarantine() {
  const table = markdownTable(
    ["Problem", "Rows", "First seen"],
    readJson("quarantine/problems.json").map((problem) => [
      problem.problem,
      problem.rows.toLocaleString("en-US"),
      problem.first_seen ?? "unknown",
    ]),
  );
  const words = `Nothing was published: the data is not good enough.\n\n${table}`;
  write("report/quarantine.md", `# Quarantine\n\n${words}\n\nThe rows are in quarantine/flights.parquet.\n`);
  console.log(words);
  return ["report/quarantine.md"];
}

function summaryOf(report) {
  const { flights, late } = report.total;
  const range = [report.months[0], report.months.at(-1)].map(({ month }) => MONTHS[month - 1]).join(" to ");
  return `${percent((100 * late) / flights)} of ${flights.toLocaleString("en-US")} flights arrived more than ${lateAfter} minutes late, ${range} 2001.`;
}

function chart(report) {
  const { flights, late } = report.total;
  const below = 130 + HEAT_MAP.height + 40;
  const airports = report.airports.slice(0, AIRPORTS_SHOWN);
  const height = below + 36 + AIRPORTS_SHOWN * 22 + 34;
  const title = `${percent((100 * late) / flights)} of all flights were late`;
  return drawing({ width: HEAT_MAP.width + 2 * MARGIN, height, title }, [
    text(MARGIN, 58, title, { size: 28, weight: 700 }),
    text(MARGIN, 82, summaryOf(report), { size: 14, fill: QUIET }),
    text(MARGIN, 118, "Late flights by weekday and hour of departure", { size: 14, weight: 600 }),
    ...heatMap({ x: MARGIN, y: 130, hours: report.hours, fewest: 500 }),
    text(MARGIN, below, "By month", { size: 14, weight: 600 }),
    ...monthColumns(report.months, { x: MARGIN, y: below + 18, width: 300, height: AIRPORTS_SHOWN * 22 }),
    text(MARGIN + 360, below, "Airports whose flights are late most often", { size: 14, weight: 600 }),
    ...airportBars(airports, { x: MARGIN + 360, y: below + 18, width: HEAT_MAP.width - 360 }),
    text(MARGIN, height - 16, "Source: U.S. Bureau of Transportation Statistics, through vega-datasets", {
      size: 11,
      fill: QUIET,
    }),
  ]);
}

function monthColumns(months, { x, y, width, height }) {
  const step = width / months.length;
  const highest = Math.max(...months.map((month) => month.late_percent), 1);
  const room = height - 40;
  return months.flatMap((month, index) => {
    const tall = (month.late_percent / highest) * room;
    const centre = x + index * step + step / 2 - 3;
    return [
      box(
        { x: x + index * step, y: y + 18 + room - tall, width: step - 6, height: tall },
        heat(month.late_percent / 50),
      ),
      text(centre, y + 12 + room - tall, percent(month.late_percent), { size: 11, anchor: "middle" }),
      text(centre, y + height - 6, MONTHS[month.month - 1], { size: 12, fill: QUIET, anchor: "middle" }),
    ];
  });
}

function airportBars(airports, { x, y, width }) {
  const highest = Math.max(...airports.map((airport) => airport.late_percent), 1);
  const room = width - 220;
  return airports.flatMap((airport, index) => {
    const top = y + index * 22;
    const long = (airport.late_percent / highest) * room;
    return [
      text(x, top + 13, airport.origin, { size: 12, weight: 600 }),
      text(x + 40, top + 13, `${airport.city}, ${airport.state}`, { size: 12, fill: QUIET }),
      box({ x: x + 170, y: top, width: long, height: 17 }, heat(airport.late_percent / 50)),
      text(x + 176 + long, top + 13, percent(airport.late_percent), { size: 12, fill: INK }),
    ];
  });
}

function markdownTable(head, rows) {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column].length)),
  );
  const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

function percent(value) {
  return `${value.toFixed(1)} %`;
}

function readJson(path) {
  return JSON.parse(readFileSync(join(folder, path), "utf8"));
}

function write(path, words) {
  writeFileSync(join(folder, path), words);
}
