import { counted, stricterShare } from "@headwater/workflow";
import { leavingName, type RemovalConfirmationRow } from "../store/removal-confirmations.js";
import type { RepositoryRow, Store } from "../store/store.js";
import type { Judgement } from "./compiler/judgement.js";
import { codeSpan } from "./plain-text.js";
import { howToConfirm, isHeld, removalNews, type RemovalNews } from "./removal.js";
import type { HostTraits } from "./review-host.js";

/** An environment that goes with a merge, because `headwater.yaml` does not declare it any more. */
export interface LeavingEnvironment {
  readonly environment: string;
  /** All that run there: `project/workflow`, sorted. */
  readonly workflows: readonly string[];
  /** Null when nobody need be asked. */
  readonly removal: RemovalNews | null;
}

/** What is found of a repository. */
export interface LeavingQuery extends Pick<Judgement, "undeclared" | "removal"> {
  readonly confirmations: readonly RemovalConfirmationRow[];
}

const SHOWN_MAX = 50;

/** What a repository has deployed where it would not be declared any more. */
export async function findLeaving(
  { id }: RepositoryRow,
  { undeclared, removal, confirmations }: LeavingQuery,
  store: Pick<Store, "listRepositories" | "listEnvironments" | "listLiveWorkflows">,
): Promise<readonly LeavingEnvironment[]> {
  if (undeclared.length === 0) return [];
  const [repositories, environments] = await Promise.all([
    store.listRepositories(),
    store.listEnvironments(),
  ]);
  const leaving = environments.filter(({ repositoryId }) => {
    const declared = repositories.find((row) => row.id === repositoryId)?.declared;
    return declared?.by === id && undeclared.includes(declared.environment);
  });
  return Promise.all(
    leaving.map(async (row) => {
      const live = await store.listLiveWorkflows(row);
      const share = stricterShare(row.maxDeletedWorkflows, removal.share);
      const { project, environment } = row;
      const workflows = live.map(({ workflow }) => leavingName({ project, environment, workflow })).sort();
      return {
        environment,
        workflows: live.map(({ workflow }) => `${project}/${workflow}`).sort(),
        removal: removalNews({ workflows, live: live.length, share }, confirmations),
      };
    }),
  );
}

/** In the title of a check. */
export function leavingTitle({ environment, workflows, removal }: LeavingEnvironment): string {
  const held = isHeld(removal) ? ", which nobody has confirmed" : "";
  return `${environment} goes, with ${counted(workflows.length, "workflow")}${held}`;
}

/** As a part of the summary, in Markdown. @param head see `howToConfirm` */
export function leavingInWords(
  { environment, workflows, removal }: LeavingEnvironment,
  head: string | null,
  traits: HostTraits,
): string {
  const left = workflows.length - SHOWN_MAX;
  return [
    `#### Goes: ${codeSpan(environment)}, with ${counted(workflows.length, "workflow")}`,
    "",
    `"headwater.yaml" does not declare it any more.${decisionInWords(removal, head, traits)}`,
    "",
    ...workflows.slice(0, SHOWN_MAX).map((workflow) => `- ${codeSpan(workflow)}`),
    ...(left > 0 ? [`- and ${left} more`] : []),
    "",
  ].join("\n");
}

function decisionInWords(removal: RemovalNews | null, head: string | null, traits: HostTraits): string {
  if (removal === null) return "";
  const { limit, confirmedBy } = removal;
  return confirmedBy.length === 0
    ? ` By the policy of the project ${limit}. ${howToConfirm(head, traits)}`
    : ` Confirmed by ${confirmedBy.map(codeSpan).join(", ")}.`;
}
