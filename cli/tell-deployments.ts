import type { ChangeEvent, Client, Deployment } from "@headwater/api";
import type { Context } from "./context.js";
import type { Style } from "./style.js";
import { plain } from "./table.js";

type DeploymentChange = Extract<ChangeEvent, { readonly kind: "deployment" }>;

/** How many deployments of a repository may be newer than the one that is told. */
const NEWER_MAX = 20;

/**
 * Prints a line for each commit that goes live or does not, from now until `signal` aborts; the first not before `ready`. When the
 * service cannot be followed it ends without a word: the line is a courtesy.
 */
export async function tellDeployments(
  { io, style }: Context,
  client: Client,
  { signal, ready }: { readonly signal: AbortSignal; readonly ready: Promise<unknown> },
): Promise<void> {
  try {
    for await (const event of client.followEvents(null, signal)) {
      if (event.kind !== "change" || event.change.kind !== "deployment") continue;
      await ready;
      const told = await findDeployment(client, event.change);
      if (told !== undefined && !signal.aborted) io.stdout.write(`${deploymentLine(told, style)}\n`);
    }
  } catch {
    // `headwater deployments` tells it all the same.
  }
}

/** `sales: 69e2bb30 is live: 1 changed, 1 unchanged`, or what became of it and where to read why. */
function deploymentLine(deployment: Deployment, style: Style): string {
  const { project, commit, status, reason, diagnostics } = deployment;
  const name = `${project === null ? "" : `${plain(project)}: `}${style.bold(commit.slice(0, 8))}`;
  const where = "npx headwater deployments";
  switch (status) {
    case "refused": {
      const errors = diagnostics.filter(({ severity }) => severity === "error").length;
      const what = errors === 0 ? "" : `, ${errors} ${errors === 1 ? "error" : "errors"}`;
      return `${name} was ${style.bad("refused")}${what}: ${where}`;
    }
    case "held":
      return `${name} is ${style.busy("held")}, nothing has changed: ${where}`;
    default:
      return `${name} is ${style.good("live")}: ${plain((reason ?? "").replace(/^\d+ workflows?: /, ""))}`;
  }
}

async function findDeployment(
  client: Client,
  { repositoryId, commit }: DeploymentChange,
): Promise<Deployment | undefined> {
  const { deployments } = await client.listDeployments({ query: { repositoryId, limit: NEWER_MAX } });
  return deployments.find((deployment) => deployment.commit === commit);
}
