import type { Client, Repository } from "@headwater/api";

/** Something of the service that somebody ought to look at. */
export interface ServiceWarning {
  /** `shop: 1a2b3c4d is refused`. */
  readonly label: string;
  readonly detail: string;
}

/** Commits that are not live, repositories that cannot be fetched, alerts that reached nobody. @throws ApiError */
export async function readWarnings(client: Client, environment: string): Promise<readonly ServiceWarning[]> {
  const [{ repositories }, { alerts, problems }] = await Promise.all([
    client.listRepositories(),
    client.listAlerts({ query: { environment, state: "given_up", limit: 50 } }),
  ]);
  const lost = alerts.map(
    ({ project, workflow, to, error }) => `${workflow ?? project} to ${to}: ${error ?? "not told"}`,
  );
  const told = [...problems, ...lost];
  return [
    ...repositories.flatMap(warningsOf),
    ...(told.length === 0 ? [] : [{ label: "alerts do not reach everybody", detail: told.join("\n") }]),
  ];
}

function warningsOf({ name, problem, notLive }: Repository): readonly ServiceWarning[] {
  const warnings: ServiceWarning[] = [];
  if (problem !== null) warnings.push({ label: `${name}: cannot be fetched`, detail: problem });
  if (notLive !== null) {
    const { commit, status, liveCommit, project } = notLive;
    const instead =
      liveCommit === null
        ? "nothing is deployed in its place"
        : `${liveCommit.slice(0, 8)} runs in its place`;
    const advice = status === "held" ? "Somebody must confirm it" : "It has errors, see its deployment";
    const label = `${project ?? name}: ${commit.slice(0, 8)} is ${status}`;
    warnings.push({ label, detail: `The newest commit is ${status}, and ${instead}. ${advice}` });
  }
  return warnings;
}
