/** How many jobs are in which status, as a bar with words. */
const PARTS = [
  { mood: "good", names: ["succeeded"] },
  { mood: "bad", names: ["failed", "timed_out", "upstream_failed", "ignored_failure"] },
  { mood: "over", names: ["skipped", "canceled"] },
  { mood: "busy", names: ["running", "starting", "retrying", "paused", "waiting_for_signal"] },
  { mood: "rest", names: ["queued", "waiting"] },
];
const OVER = ["good", "bad", "over"];

/** Nothing where there are no jobs. `isOver`: what still waits never will begin. */
export function progress(jobs, isOver) {
  const counts = PARTS.map(({ mood, names }) => ({ mood, jobs: sum(names.map((name) => jobs[name] ?? 0)) }));
  const total = sum(counts.map((count) => count.jobs));
  if (total === 0) return "";
  const done = sum(counts.filter(({ mood }) => OVER.includes(mood)).map((count) => count.jobs));
  const words = `${done} of ${total} ${total === 1 ? "job" : "jobs"}${detailsOf(jobs, isOver)}`;
  const made = document.createElement("span");
  made.className = "progress";
  made.append(barOf(counts, { total, done, words }), document.createTextNode(` ${words}`));
  return made;
}

function barOf(counts, { total, done, words }) {
  const bar = document.createElement("span");
  bar.className = "bar";
  bar.setAttribute("role", "progressbar");
  bar.setAttribute("aria-label", "Jobs done");
  bar.setAttribute("aria-valuemin", "0");
  bar.setAttribute("aria-valuemax", String(total));
  bar.setAttribute("aria-valuenow", String(done));
  bar.setAttribute("aria-valuetext", words);
  for (const { mood, jobs } of counts) {
    if (jobs === 0) continue;
    const part = document.createElement("span");
    part.className = mood;
    part.style.flexGrow = String(jobs);
    bar.append(part);
  }
  return bar;
}

/** What is neither done well nor has to begin. */
function detailsOf(jobs, isOver) {
  const told = PARTS.filter(({ mood }) => mood !== "good" && mood !== "rest").flatMap(({ names }) => names);
  const parts = told
    .filter((name) => jobs[name] > 0)
    .map((name) => `${jobs[name]} ${name.replaceAll("_", " ")}`);
  const rest = sum(["waiting", "queued"].map((name) => jobs[name] ?? 0));
  if (isOver && rest > 0) parts.push(`${rest} never began`);
  return parts.length === 0 ? "" : `, ${parts.join(", ")}`;
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}
