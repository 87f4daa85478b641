import type { ChangeClaims, Claims } from "../store/change-claims.js";
import { codeSpan } from "./plain-text.js";

/**
 * Two pull requests, or a pull request and what is deployed, want the same. `writer`: a workflow of the project or a deployed one emits
 * the same signal, a merge queue would bring the two together, and the check of no pull request was made in view of that.
 */
export interface Conflict {
  readonly kind: "id" | "signal" | "writer" | "project";
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

/** What a merge queue tries. */
export interface Queue {
  /** The pull requests that are known to be among those. */
  readonly changes: ReadonlySet<number>;
}

/** What is there beside a pull request, or beside what a merge queue would merge. */
export interface Rivals {
  readonly open: readonly ChangeClaims[];
  /** The repository that has deployed the project, where it is another one. */
  readonly projectOwner: string | null;
  /** What stands before the number of a pull request. */
  readonly sign: string;
  /** It is of a merge queue, which tries some of those that are open; null of a pull request. */
  readonly queue: Queue | null;
}

/** What of a pull request is taken already: by what is deployed, by its own project, or by another open one. */
export function conflictsOf(
  own: ChangeClaims,
  { open, projectOwner, sign, queue }: Rivals,
): readonly Conflict[] {
  const { takesProject, emits } = own.claims;
  const taken = takesProject ? ofProject(own, projectOwner) : [];
  const tried = queue === null ? [] : open.filter((other) => isOfSameBranch(other, own));
  // Anybody may open one of a fork, with whatever is to count as seen.
  const read = tried.filter(({ isFork, change }) => !isFork || queue?.changes.has(change) === true);
  const seen = new Set(read.flatMap(({ claims }) => claims.emits.flatMap(pairsOf)));
  const known = emits.flatMap((one) =>
    one.rivals.map((other): Conflict => {
      const { workflow, signal: what } = one;
      const isSeen = queue === null || seen.has(pairOf(one, other));
      return { kind: isSeen ? "signal" : "writer", what, workflow, other };
    }),
  );
  const proposed = open
    .filter((other) => isShown(other, own) && !tried.includes(other))
    .flatMap((other) => {
      const name = nameOf(other, own, sign);
      return [...sameIds(own, other, name), ...sameSignals(own, other, name)];
    });
  return [...taken, ...known, ...proposed];
}

type Emitted = Claims["emits"][number];

function pairsOf(emitted: Emitted): readonly string[] {
  return emitted.rivals.map((other) => pairOf(emitted, other));
}

/** Two workflows that emit one signal, as one of them says it. */
function pairOf({ workflow, signal }: Pick<Emitted, "workflow" | "signal">, other: string): string {
  return JSON.stringify([signal, workflow, other]);
}

function isOfSameBranch(other: ChangeClaims, own: ChangeClaims): boolean {
  return other.repositoryId === own.repositoryId && other.branch === own.branch;
}

/** What takes its project from another repository would not be deployed. */
function ofProject({ isFork, claims: { project } }: ChangeClaims, owner: string | null): readonly Conflict[] {
  if (owner === null) return [];
  return [{ kind: "project", what: project, workflow: "", other: isFork ? UNNAMED : owner }];
}

/** For what it must not be merged as it is, each once, in the title of a check. */
export function obstaclesOf(conflicts: readonly Conflict[]): readonly string[] {
  const kinds = new Set(conflicts.map(({ kind }) => kind));
  return [
    ...(kinds.has("project") ? ["the project is of another repository"] : []),
    ...(kinds.has("writer") ? ["a signal gets another writer"] : []),
  ];
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
    case "writer":
      return `- ${who} emits ${codeSpan(what)} as well, as ${codeSpan(workflow)} here does, and no check of a pull request has seen the two together. Where both are meant, ask for the check of the pull request again when the other one is merged, by \`/headwater plan\`, and queue it anew`;
    case "signal":
      return `- ${who} emits ${codeSpan(what)} as well, as ${codeSpan(workflow)} here does: two workflows would write the same`;
  }
}
