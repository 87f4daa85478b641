/** The log of one attempt, which grows while the attempt goes on. */
import { ask } from "./ask.js";
import { element, text } from "./elements.js";

const LOG_POLL_MS = 1000;
const LOG_LINES_MAX = 5000;

const shown = { reading: null };

/** Takes the log away that is open. */
export function closeLog() {
  if (shown.reading !== null) shown.reading.open = false;
  shown.reading = null;
  element("log").replaceChildren();
  element("log-section").hidden = true;
}

/** Leads the reader to the log of an attempt, and goes on until it has ended or another one is opened. */
export async function openLog(run, { path, attempt }) {
  closeLog();
  const reading = { open: true };
  shown.reading = reading;
  element("log-title").textContent = `Log of ${path}, attempt ${attempt}`;
  element("log-section").hidden = false;
  const log = element("log");
  log.focus({ preventScroll: true });
  element("log-section").scrollIntoView();
  for (let offset = 0; reading.open;) {
    const query = new URLSearchParams({ path, attempt, offset });
    const page = await ask(`/runs/${encodeURIComponent(run.id)}/logs?${query}`).catch((error) => error);
    if (!reading.open) return;
    if (page instanceof Error) return say(log, `Cannot read the log: ${page.message}`);
    for (const line of page.lines) append(log, line);
    if (page.ended) return log.childElementCount === 0 ? say(log, "It has written nothing.") : undefined;
    if (page.nextOffset === offset) await new Promise((resolve) => setTimeout(resolve, LOG_POLL_MS));
    offset = page.nextOffset;
  }
}

/** Who stands at the end of the log stays there; who has scrolled up keeps their place. */
function append(log, line) {
  const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  const row = text(`${line.text}\n`);
  row.className = line.stream;
  log.append(row);
  while (log.childElementCount > LOG_LINES_MAX) log.firstElementChild.remove();
  if (isAtEnd) log.scrollTop = log.scrollHeight;
}

function say(log, words) {
  append(log, { stream: "sys", text: words });
}
