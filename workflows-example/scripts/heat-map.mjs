import { QUIET, box, heat, text } from "./svg.mjs";

const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const CELL = { width: 34, height: 26, gap: 2 };
const DARKEST_PERCENT = 50;

/** The size of the map with its labels, in pixels. */
export const HEAT_MAP = { width: 40 + 24 * CELL.width, height: 24 + 7 * CELL.height + 34 };

/**
 * The share of late flights by weekday and hour. `hours` is a list of { weekday (1 is Monday), hour, flights,
 * late_percent }. Cells with fewer than `fewest` flights stay empty: a share of three flights says nothing.
 */
export function heatMap({ x, y, hours, fewest }) {
  const left = x + 40;
  const top = y + 24;
  const hourLabels = Array.from({ length: 8 }, (_, index) => index * 3).map((hour) =>
    text(left + hour * CELL.width, y + 14, `${String(hour).padStart(2, "0")}:00`, { size: 11, fill: QUIET }),
  );
  const dayLabels = DAYS.map((day, index) =>
    text(x, top + index * CELL.height + 17, day, { size: 12, fill: QUIET }),
  );
  const cells = hours.map((cell) =>
    box(
      {
        x: left + cell.hour * CELL.width,
        y: top + (cell.weekday - 1) * CELL.height,
        width: CELL.width - CELL.gap,
        height: CELL.height - CELL.gap,
      },
      cell.flights < fewest ? "#f4f3ef" : heat(cell.late_percent / DARKEST_PERCENT),
      `${DAYS[cell.weekday - 1]} ${cell.hour}:00: ${cell.late_percent.toFixed(1)} % of ${cell.flights} flights late`,
    ),
  );
  return [...hourLabels, ...dayLabels, ...cells, ...legend(left, top + 7 * CELL.height + 12)];
}

function legend(x, y) {
  const steps = Array.from({ length: 11 }, (_, index) => index * 5);
  const swatches = steps.map((percent, index) =>
    box({ x: x + index * 26, y, width: 26, height: 8 }, heat(percent / DARKEST_PERCENT)),
  );
  return [
    ...swatches,
    text(x, y + 21, "0 % late", { size: 11, fill: QUIET }),
    text(x + 11 * 26, y + 21, "50 % and more", { size: 11, fill: QUIET, anchor: "end" }),
  ];
}
