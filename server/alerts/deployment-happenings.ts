import type { AlertingWorkflow } from "../store/alerts.js";
import type { EnvironmentRow } from "../store/environment-row.js";
import type { DeploymentRow } from "../store/store.js";
import type { Happening } from "./add-happenings.js";
import { receiversOf, type AlertReceiver } from "./alert-receivers.js";
import { groupsOf } from "./groups.js";

/** The environments that a deployment is about: its own, or those of its branch when its commit does not even name a project. */
export function placesOf(
  { project, environment, repositoryId }: DeploymentRow,
  environments: readonly EnvironmentRow[],
): readonly EnvironmentRow[] {
  const own = environments.filter((one) => one.project === project && one.environment === environment);
  return own.length > 0 ? own : environments.filter((one) => one.repositoryId === repositoryId);
}

/** What the receivers of an environment are to be told of a deployment, each once, whatever the number of its workflows. */
export function deploymentHappenings(
  deployment: DeploymentRow,
  place: Pick<EnvironmentRow, "project" | "environment">,
  live: readonly AlertingWorkflow[],
): readonly Happening[] {
  const { id, status, commit, commitSubject, commitAuthor, reason, endedAt: at } = deployment;
  const occasion = status === "active" ? "changed" : "held";
  const changed = new Set([...deployment.added, ...deployment.changed]);
  const concerned = live.filter(({ workflow }) => status !== "active" || changed.has(workflow));
  const asking = concerned.flatMap(({ workflow, alerts }) =>
    receiversOf(alerts)
      .filter(({ on }) => on.includes(occasion))
      .map((receiver) => ({ workflow, receiver })),
  );
  return [...groupsOf(asking, ({ receiver }) => receiverText(receiver)).values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { channel, to } = first.receiver;
    const workflows = [...new Set(group.map(({ workflow }) => workflow))];
    const about = { id, status, commit, subject: commitSubject, author: commitAuthor, reason, workflows };
    const { project, environment } = place;
    return [
      { project, environment, workflow: null, channel, to, occasion, at, run: null, deployment: about },
    ];
  });
}

function receiverText({ channel, to }: AlertReceiver): string {
  return `${channel} ${to}`;
}
