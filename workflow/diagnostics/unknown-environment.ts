import { nearestName } from "./nearest-name.js";

/** As many names as a person reads in one sentence. */
const SHOWN_MAX = 12;

/** What is wrong with a name of an environment in which nothing is deployed: the one that was most likely meant, and those that there are. A sentence without its full stop. */
export function unknownEnvironment(environment: string, deployed: readonly string[]): string {
  const nearest = nearestName(environment, deployed);
  const question = nearest === null ? "" : `. Did you mean "${nearest}"?`;
  return `Nothing is deployed in an environment "${environment}"${question}${listed(deployed, question)}`;
}

function listed(deployed: readonly string[], question: string): string {
  const [only, second] = deployed;
  if (only === undefined) return "";
  const begin = question === "" ? ". There" : " There";
  if (second === undefined) return `${begin} is ${only}`;
  const more = deployed.length - SHOWN_MAX;
  return `${begin} are ${deployed.slice(0, SHOWN_MAX).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
