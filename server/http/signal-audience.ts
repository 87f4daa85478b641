import type { SignalAudience } from "@headwater/api";
import { firstNames, nearestName, unknownEnvironment } from "@headwater/workflow";
import type { MeantSignal, SentSignals } from "../store/signal-audience.js";
import type { Store } from "../store/store.js";

/** Who hears signals, as the API tells it. Asked before they are recorded: what fails then has recorded nothing. */
export async function findAudience(
  store: Pick<Store, "findSignalAudience">,
  sent: SentSignals,
): Promise<SignalAudience> {
  const { triggers, gates, meant } = await store.findSignalAudience(sent);
  return { triggers, gates, note: meant === null ? null : `${reasonOf(sent, meant)} ${WHAT_BECOMES}` };
}

const PROJECTS_NAMED_MAX = 5;

const WHAT_BECOMES = "It is kept: a step that looks back may hear it later, a trigger does not";

function reasonOf({ signal, environment }: SentSignals, meant: MeantSignal): string {
  const { otherParams, environments, off, deployed, names } = meant;
  if (otherParams > 0) return `What listens to "${signal}" in ${environment} wants other params.`;
  if (!deployed.includes(environment)) return `${unknownEnvironment(environment, deployed)}.`;
  const elsewhere = environments.length === 0 ? "" : ` In ${environments.join(", ")} something does.`;
  const nobody = `Nothing in ${environment} listens to "${signal}"`;
  if (off.length > 0)
    return `${nobody}: triggers of ${firstNames(off, PROJECTS_NAMED_MAX)} are off there.${elsewhere}`;
  return elsewhere === "" ? `${nobody}${orMeant(signal, names)}` : `${nobody}.${elsewhere}`;
}

function orMeant(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return nearest === null ? "." : `. Did you mean "${nearest}"?`;
}
