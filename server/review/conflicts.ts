import type { ChangeClaims } from "../store/change-claims.js";
import { codeSpan } from "./plain-text.js";

/** Two pull requests, or a pull request and what is deployed, want the same. */
export interface Conflict {
  readonly kind: "id" | "signal" | "project";
  /** `project/workflow`, a signal with its plain params, or a project. */
  readonly what: string;
  /** Ours that takes it; empty of a project. */
  readonly workflow: string;
  /** Who else does: a workflow, `#7` of the same repository, `flows#7`, or a repository; `!7` where hosts write so. */
  readonly other: string;
}

const SHOWN_MAX = 30;
/** In place of the name of one that may not be told. */
export const UNNAMED = "another repository";

/** What is there beside a pull request. */
export interface Rivals {
  readonly open: readonly ChangeClaims[];
  /** Workflows of other projects, `project/workflow`, by a signal that they emit as they are deployed. */
  readonly writers: ReadonlyMap<string, readonly string[]>;
  /** The repository that has deployed the project, where it is another one. */
  readonly projectOwner: string | null;
  /** What stands before the number of a pull request. */
  readonly sign: string;
}

/** What of a pull request is taken already: by what is deployed, by its own project, or by another open one. */
export function conflictsOf(
  own: ChangeClaims,
  { open, writers, projectOwner, sign }: Rivals,
): readonly Conflict[] {
  const { takesProject, emits } = own.claims;
  const taken = takesProject ? ofProject(own, projectOwner) : [];
  const known = emits.flatMap(({ workflow, signal, rivals }) =>
    [...rivals, ...(writers.get(signal) ?? [])].map((other): Conflict => ({
      kind: "signal",
      what: signal,
      workflow,
      other,
    })),
  );
  const proposed = open
    .filter((other) => isShown(other, own))
    .flatMap((other) => {
      const name = nameOf(other, own, sign);
      return [...sameIds(own, other, name), ...sameSignals(own, other, name)];
    });
  return [...taken, ...known, ...proposed];
}

/** What takes its project from another repository would not be deployed. */
function ofProject({ isFork, claims: { project } }: ChangeClaims, owner: string | null): readonly Conflict[] {
  if (owner === null) return [];
  return [{ kind: "project", what: project, workflow: "", other: isFork ? UNNAMED : owner }];
}

/** Whether a merge as it is would be refused. */
export function isBlocking({ kind }: Conflict): boolean {
  return kind === "project";
}

/** What anybody may propose, from a fork, is neither told to other repositories nor told of them. */
function isShown(other: ChangeClaims, own: ChangeClaims): boolean {
  if (other.repositoryId === own.repositoryId) return other.change !== own.change;
  return !other.isFork && !own.isFork;
}

/** An id is one within its project and branch: only one of the two can be merged. */
function sameIds(own: ChangeClaims, other: ChangeClaims, name: string): readonly Conflict[] {
  const { project, adds } = own.claims;
  if (other.claims.project !== project || other.branch !== own.branch) return [];
  return adds
    .filter((id) => other.claims.adds.includes(id))
    .map((id) => ({ kind: "id", what: `${project}/${id}`, workflow: id, other: name }));
}

/** Signals are of the whole service. */
function sameSignals(own: ChangeClaims, other: ChangeClaims, name: string): readonly Conflict[] {
  const theirs = new Set(other.claims.emits.map(({ signal }) => signal));
  return own.claims.emits
    .filter(({ signal }) => theirs.has(signal))
    .map(({ workflow, signal }) => ({ kind: "signal", what: signal, workflow, other: name }));
}

function nameOf({ repositoryId, repository, change }: ChangeClaims, own: ChangeClaims, sign: string): string {
  return `${repositoryId === own.repositoryId ? "" : repository}${sign}${change}`;
}

/** As a part of the summary, in Markdown; empty when there are none. */
export function conflictsInWords(conflicts: readonly Conflict[]): string {
  if (conflicts.length === 0) return "";
  const left = conflicts.length - SHOWN_MAX;
  return [
    "#### Others want the same",
    "",
    ...conflicts.slice(0, SHOWN_MAX).map(lineOf),
    ...(left > 0 ? [`- and ${left} more`] : []),
    "",
  ].join("\n");
}

function lineOf({ kind, what, workflow, other }: Conflict): string {
  const who = other === UNNAMED ? other : codeSpan(other);
  switch (kind) {
    case "project":
      return `- ${who} has deployed the project ${codeSpan(what)}: a merge would be refused. Name the project otherwise`;
    case "id":
      return `- ${who} adds ${codeSpan(what)} as well: of the two only the first can be merged as it is`;
    case "signal":
      return `- ${who} emits ${codeSpan(what)} as well, as ${codeSpan(workflow)} here does: two workflows would write the same`;
  }
}
