/** What the check of a commit says, with all that there is no room for at the host. What strangers wrote is text here, never markup. */
import { ask, SignInNeeded } from "./ask.js";
import { element, moment, status, table, text } from "./elements.js";
import { markdown } from "./markdown.js";
import { signInPage } from "./way-back.js";

/** What stands before the number of a change. */
const SIGNS = { github: "#", gitlab: "!" };

void show();

async function show() {
  const state = element("state");
  try {
    const review = await ask(window.location.pathname);
    const title = `Check of ${review.owner}/${review.name} at ${review.head.slice(0, 12)}`;
    document.title = `${title} · Headwater`;
    element("title").textContent = title;
    state.replaceChildren(review.isUnderWay ? "It is being looked at. " : "Looked at ");
    if (!review.isUnderWay) state.append(moment(review.updatedAt));
    for (const [index, check] of review.checks.entries()) showCheck(check, index);
  } catch (error) {
    if (error instanceof SignInNeeded) state.replaceChildren(signInLink());
    else state.textContent = error.message;
  }
}

function showCheck({ change, url, branch, conclusion, title, summary, findings }, index) {
  const section = document.createElement("section");
  const heading = document.createElement("h3");
  heading.id = `check-${index}`;
  heading.append(nameOf(change, url), ` into ${branch}: `, status(conclusion), ` – ${title}`);
  section.setAttribute("aria-labelledby", heading.id);
  section.append(heading);
  element("checks").append(section);
  if (findings.length > 0) showFindings(section, findings, index);
  section.append(markdown(summary));
}

/** It leads back to where it is talked about. */
function nameOf(change, url) {
  if (change === null) return "Merge queue";
  const [, , host] = window.location.pathname.split("/");
  const name = `${SIGNS[host]}${change}`;
  if (url === null) return name;
  const made = document.createElement("a");
  made.href = url;
  made.textContent = name;
  return made;
}

function showFindings(section, findings, index) {
  const heading = document.createElement("h4");
  heading.append(`Findings: ${findings.length}`);
  const place = document.createElement("div");
  place.id = `findings-${index}`;
  section.append(heading, place);
  const rows = findings.map(({ severity, file, line, column, code, message }) => [
    status(severity),
    placeOf(`${file}:${line}:${column}`),
    text(code),
    text(message),
  ]);
  table(place.id, ["severity", "place", "code", "message"], rows);
}

/** A path is broken between its folders, where there is no room for it. */
function placeOf(place) {
  const made = document.createElement("span");
  for (const part of place.split(/(?<=\/)/)) made.append(part, document.createElement("wbr"));
  return made;
}

function signInLink() {
  const made = document.createElement("a");
  made.href = signInPage();
  made.textContent = "Sign in first";
  return made;
}
