// Writes report/airports.md, which links the pages. Its figures come through the environment, as JSON lists.

import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.env.HEADWATER_DATA ?? ".";
const airports = JSON.parse(process.env.AIRPORTS ?? "[]");
const flights = JSON.parse(process.env.FLIGHTS ?? "[]");
const latePercent = JSON.parse(process.env.LATE_PERCENT ?? "[]");

const lines = airports.map((airport, index) =>
  flights[index] > 0
    ? `- [${airport}](airport-${airport}.svg): ${latePercent[index].toFixed(1)} % of ${flights[index].toLocaleString("en-US")} flights late`
    : `- ${airport}: no flights`,
);
writeFileSync(join(folder, "report/airports.md"), `# Airports\n\n${lines.join("\n")}\n`);
console.log(lines.join("\n"));
appendFileSync(
  process.env.HEADWATER_OUTPUT ?? "/dev/stdout",
  `pages=${flights.filter((n) => n > 0).length}\n`,
);
