import { firstNames } from "./first-names.js";
import { nearestName } from "./nearest-name.js";

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
  return `${begin} are ${firstNames(deployed)}`;
}
