import { counted, removalLimitText, removesTooMuch, stricterShare } from "@headwater/workflow";
import type { RepositoryRow, Store } from "../store/store.js";
import type { Judgement } from "./compiler/judgement.js";
import { codeSpan } from "./plain-text.js";

/** An environment that goes with a merge, because `headwater.yaml` does not declare it any more. */
export interface LeavingEnvironment {
  readonly environment: string;
  /** All that run there: `project/workflow`, sorted. */
  readonly workflows: readonly string[];
  /** By which policy the merge is held until somebody confirms it, in words; null where it is not. */
  readonly limit: string | null;
}

const SHOWN_MAX = 50;

/** What a repository has deployed where it would not be declared any more. */
export async function findLeaving(
  { id }: RepositoryRow,
  { undeclared, removal }: Pick<Judgement, "undeclared" | "removal">,
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
      const { length: all } = live;
      return {
        environment: row.environment,
        workflows: live.map(({ workflow }) => `${row.project}/${workflow}`).sort(),
        limit: removesTooMuch({ lost: all, unconfirmed: all, live: all, share })
          ? removalLimitText(share)
          : null,
      };
    }),
  );
}

/** In the title of a check. */
export function leavingTitle({ environment, workflows }: LeavingEnvironment): string {
  return `${environment} goes, with ${counted(workflows.length, "workflow")}`;
}

/** As a part of the summary, in Markdown. */
export function leavingInWords({ environment, workflows, limit }: LeavingEnvironment): string {
  const left = workflows.length - SHOWN_MAX;
  const held =
    limit === null
      ? ""
      : ` By the policy of the project ${limit}: the merge is held until somebody confirms its commit with \`headwater confirm\`.`;
  return [
    `#### Goes: ${codeSpan(environment)}, with ${counted(workflows.length, "workflow")}`,
    "",
    `"headwater.yaml" does not declare it any more.${held}`,
    "",
    ...workflows.slice(0, SHOWN_MAX).map((workflow) => `- ${codeSpan(workflow)}`),
    ...(left > 0 ? [`- and ${left} more`] : []),
    "",
  ].join("\n");
}
