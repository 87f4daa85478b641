/** What the page is made of. Everything is written as text, never as markup: names, reasons and logs come from outside. */
const GOOD = ["succeeded", "active", "success"];
const BAD = ["failed", "timed_out", "upstream_failed", "refused", "failure", "error"];
const BUSY = ["running", "starting", "retrying", "held", "paused", "waiting_for_signal", "warning"].concat(
  // What goes on with a repository.
  ["unreachable", "branch-missing", "mirror-damaged"],
);
const OVER = ["superseded", "removed", "unchanged", "skipped", "canceled", "cancelled"];

/** A title of a column without words is a column of buttons. On a narrow screen each row is a card, and cells name themselves. */
export function table(id, titles, rows) {
  const made = document.createElement("table");
  made.append(row("th", titles, titles), ...rows.map((cells) => row("td", cells, titles)));
  renew(id, made);
}

/** Puts other things in the place of what is there; who stood on one of them with the keyboard stands on the same one anew. */
export function renew(id, ...things) {
  const place = element(id);
  const focused = place.contains(document.activeElement) ? nameIn(document.activeElement) : null;
  place.replaceChildren(...things);
  if (focused === null) return;
  const same = [...place.querySelectorAll("button, a")].find((made) => nameIn(made) === focused);
  same?.focus({ preventScroll: true });
}

/** A button or a link by what it says, and what the first cell of its row says. */
function nameIn(made) {
  return JSON.stringify([made.closest("tr")?.cells[0].textContent, made.textContent]);
}

/** The row of a table with this index, if there is one, is what is shown elsewhere. */
export function mark(id, index) {
  const [, ...rows] = element(id).querySelectorAll("tr");
  rows[index]?.setAttribute("aria-current", "true");
}

function row(kind, cells, titles) {
  const made = document.createElement("tr");
  for (const [index, content] of cells.entries()) {
    const cell = document.createElement(titles[index] === "" ? "td" : kind);
    cell.dataset.title = titles[index];
    cell.append(content);
    if (cell.textContent === "") cell.classList.add("nothing");
    made.append(cell);
  }
  return made;
}

/** What stands in the place of a list that has nothing in it: what to do next. */
export function empty(id, ...words) {
  const made = document.createElement("p");
  made.className = "quiet";
  made.append(...words);
  element(id).replaceChildren(made);
}

/** What stands in the place of a list that is being read for the first time. */
export function loading(id) {
  empty(id, "Loading …");
}

/** Something to type. */
export function code(words) {
  const made = document.createElement("code");
  made.append(words);
  return made;
}

export function text(words, quiet) {
  const made = document.createElement("span");
  made.append(words);
  if (!quiet) return made;
  const aside = document.createElement("span");
  aside.className = "quiet";
  aside.append(quiet);
  // The space stands outside, where no layout takes it away.
  made.append(words === "" ? "" : " ", aside);
  return made;
}

export function status(name) {
  const made = text(name.replaceAll(/[_-]/g, " "));
  made.className = `status ${moodOf(name)}`;
  return made;
}

function moodOf(name) {
  if (GOOD.includes(name)) return "good";
  if (BAD.includes(name)) return "bad";
  if (BUSY.includes(name)) return "busy";
  return OVER.includes(name) ? "quiet" : "";
}

/** Says what went wrong where it is seen; null takes it away. */
export function problem(message) {
  element("problem").hidden = message === null;
  element("problem").textContent = message ?? "";
}

/** While `act` goes on, another press does nothing. What goes wrong is seen. */
export function button(label, act, style = "") {
  const made = document.createElement("button");
  made.type = "button";
  made.className = style;
  made.append(label);
  made.addEventListener("click", () => void pressOnce(made, act));
  return made;
}

async function pressOnce(made, act) {
  if (made.ariaBusy === "true") return;
  made.ariaBusy = "true";
  try {
    await act();
  } catch (error) {
    problem(error.message);
  } finally {
    made.ariaBusy = "false";
  }
}

/** Beside each other, in one cell. */
export function side(...buttons) {
  const made = document.createElement("div");
  made.className = "choices";
  made.append(...buttons);
  return made;
}

/** In the zone of who looks, which is named. */
export function moment(at) {
  const made = document.createElement("time");
  made.dateTime = new Date(at).toISOString();
  made.append(momentText(at));
  return made;
}

/** The same as text. By the language of who looks, which may be without a country that says whether a day has 12 hours or 24. */
export function momentText(at) {
  const { hourCycle, region } = new Intl.Locale(navigator.language);
  const hours = hourCycle === undefined && region === undefined ? { hourCycle: "h23" } : {};
  return new Date(at).toLocaleString([], { dateStyle: "medium", timeStyle: "long", ...hours });
}

/** How long something took; of what goes on the time until now, which `tick` keeps true. */
export function since(from, to) {
  const made = document.createElement("span");
  if (from !== null && to === null) made.dataset.from = from;
  made.append(duration(from, to));
  return made;
}

/** A moment has passed: what goes on has lasted longer. */
export function tick() {
  for (const made of document.querySelectorAll("[data-from]")) {
    made.textContent = duration(Number(made.dataset.from), null);
  }
}

/** Who or what started a run. */
export function startedBy(trigger) {
  if (trigger.kind === "manual") return trigger.by;
  if (trigger.kind === "schedule") return `schedule ${trigger.schedule}`;
  if (trigger.kind === "backfill") return `backfill ${trigger.backfillId} of ${trigger.by}`;
  if (trigger.kind === "step") return `step ${trigger.path}`;
  if (trigger.kind === "all") return `signals ${Object.keys(trigger.signals).join(", ")}`;
  return trigger.kind === "signal" ? `signal ${trigger.signal}` : `workflow ${trigger.workflow}`;
}

/** How long it is from one moment to the other, both epoch milliseconds; without the other until now. */
export function duration(from, to) {
  if (from === null) return "";
  const seconds = ((to ?? new Date().getTime()) - from) / 1000;
  const more = to === null ? " …" : "";
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 && to !== null ? 2 : 0)} s${more}`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes} min ${Math.floor(seconds % 60)} s${more}`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min${more}`;
}

export function element(id) {
  return document.getElementById(id);
}
