/** Which App reviews pull requests, and the first step to one. */
import { ask, attempt, send, SignInNeeded } from "./ask.js";
import { element } from "./elements.js";

element("new-app").addEventListener("submit", (event) => {
  event.preventDefault();
  void begin();
});
void show();

async function show() {
  const state = element("state");
  try {
    const { app } = await ask("/github/app");
    element("new-app").hidden = app !== null;
    state.textContent = app === null ? "There is none yet." : `App ${app.appId} reviews pull requests.`;
    if (app?.url) state.append(" ", link(`${app.url}/installations/new`, `Install ${app.name}`));
  } catch (error) {
    if (error instanceof SignInNeeded) state.replaceChildren("Sign in first: ", link("/", "Headwater"));
    else state.textContent = error.message;
  }
}

async function begin() {
  const begun = await attempt(() =>
    send("/github/app", { ...value("organization"), ...value("enterprise") }),
  );
  if (begun !== null) window.location.assign(begun.url);
}

function value(id) {
  const text = element(id).value.trim();
  return text === "" ? {} : { [id]: text };
}

function link(href, words) {
  const made = document.createElement("a");
  made.href = href;
  made.textContent = words;
  return made;
}
