const MINUTE_MS = 60_000;
const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/** `Mon 2026-11-02 06:00 -08:00`: an instant on a clock that is `offsetMs` from UTC; seconds only where there are some. */
export function localText(at: number, offsetMs: number): string {
  return `${wallText(at, offsetMs)} ${offsetText(offsetMs)}`;
}

/** The same without the offset. */
export function wallText(at: number, offsetMs: number): string {
  const day = new Date(at + offsetMs).toISOString().slice(0, 10);
  return `${weekday(at, offsetMs)} ${day} ${clockText(at, offsetMs)}`;
}

/** `06:00`: what a clock that is `offsetMs` from UTC shows at an instant; seconds only where there are some. */
export function clockText(at: number, offsetMs: number): string {
  return new Date(at + offsetMs).toISOString().slice(11, 19).replace(/:00$/, "");
}

/** `Mon`: the day that a calendar beside that clock shows. */
export function weekday(at: number, offsetMs: number): string {
  return DAYS[new Date(at + offsetMs).getUTCDay()] ?? "";
}

function offsetText(offsetMs: number): string {
  const minutes = Math.round(Math.abs(offsetMs) / MINUTE_MS);
  const hours = String(Math.floor(minutes / 60)).padStart(2, "0");
  return `${offsetMs < 0 ? "-" : "+"}${hours}:${String(minutes % 60).padStart(2, "0")}`;
}
