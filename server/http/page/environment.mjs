/** Which environment the lists are of: the one that the address names, which a switch changes where there are several. */
import { ask } from "./ask.js";
import { element } from "./elements.js";

/** The one that is meant where none is named. */
export const DEFAULT_ENVIRONMENT = "production";
const PARAM = "environment";

const shown = { names: [] };

/** Without one in the address the usual one, or where nothing is deployed in that the first that there is. */
export function chosenEnvironment() {
  return new URLSearchParams(location.search).get(PARAM) ?? usual();
}

/** Of lists that have all environments where there is one, or none yet: nobody could choose. */
export function environmentFilter() {
  return hasSwitch() ? { environment: chosenEnvironment() } : {};
}

/** Reads which there are, and shows the switch. */
export async function showEnvironments() {
  const { environments } = await ask("/environments");
  shown.names = environments.map(({ name }) => name);
  const chosen = chosenEnvironment();
  element("environment").replaceChildren(...choices().map((name) => new Option(name)));
  element("environment").value = chosen;
  element("environment-choice").hidden = !hasSwitch();
}

/** Also the one that the address names, though nothing is deployed in it. */
function choices() {
  const chosen = chosenEnvironment();
  return shown.names.includes(chosen) ? shown.names : [...shown.names, chosen];
}

function hasSwitch() {
  return choices().length > 1;
}

/** `follow` is called when another one was chosen, by the switch or by going back. */
export function followEnvironment(follow) {
  const choice = element("environment");
  choice.addEventListener("change", () => {
    history.pushState(null, "", addressOf(choice.value));
    follow();
  });
  window.addEventListener("popstate", () => {
    if (choice.value === chosenEnvironment()) return;
    choice.value = chosenEnvironment();
    follow();
  });
}

/** What else the address says stays, such as the run that is shown. */
function addressOf(environment) {
  const address = new URL(location.href);
  if (environment === usual()) address.searchParams.delete(PARAM);
  else address.searchParams.set(PARAM, environment);
  return address;
}

function usual() {
  const [first = DEFAULT_ENVIRONMENT] = shown.names;
  return shown.names.includes(DEFAULT_ENVIRONMENT) ? DEFAULT_ENVIRONMENT : first;
}
