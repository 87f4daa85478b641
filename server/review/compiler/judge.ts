import {
  affectedRuns,
  canonicalHash,
  checkDeployable,
  compileProject,
  createCompileCache,
  createScheduleReader,
  planChange,
  proposedRemoval,
  renderPlanMarkdown,
  type CompileCache,
  type CompiledProject,
  type CompileOptions,
  type Diagnostic,
  type Plan,
} from "@headwater/workflow";
import { claimsOf } from "./claims.js";
import { leftOutFindings } from "./left-out.js";
import type { Judgement, JudgeRequest } from "./judgement.js";
import { ownersOf } from "./owners.js";
import { Places } from "./places.js";
import { Recent } from "./recent.js";
import { runTests } from "./run-tests.js";
import { shorten } from "./shorten.js";
import { changedTree, EMPTY_TREE, sourceTreeOf, type SentTree } from "./tree-change.js";

const TOUCHED_MAX = 100;
/** So long the calendar says the same. */
const DAY_MS = 86_400_000;

interface CompiledBefore {
  readonly tree: SentTree;
  /** What else than the tree it depends on. */
  readonly facts: string;
  readonly project: CompiledProject;
}

/** Compiles both sides of a change. It keeps what it has read and compiled for the next one. */
export class Judge {
  readonly #contents = new Map<string, Uint8Array>();
  readonly #caches = new Map<string, CompileCache>();
  readonly #schedules = createScheduleReader();
  /** By repository: what the last comparison held its change against. */
  readonly #befores = new Recent<CompiledBefore>();

  /** Pure but for its memory: it reads, runs and asks nothing. */
  judge(request: JudgeRequest): Judgement {
    for (const [id, content] of request.contents) this.#contents.set(id, content);
    const cache = this.#caches.get(request.repositoryId) ?? createCompileCache();
    this.#caches.set(request.repositoryId, cache);
    const history = new Map(request.history);
    const options = { history, today: request.at };
    const { tree: base, project: before } = this.#compileBefore(request, cache, options);
    const tree = sourceTreeOf(changedTree(base, request.after), this.#contents);
    const places = new Places(tree);
    const after = compileProject(tree, cache, options);
    const plan = planChange(before, after, {
      at: request.at,
      textOf: (file) => places.textIn(file),
      schedules: this.#schedules,
    });
    const { errors, warnings } = newsOf(before, after);
    const notes = leftOutFindings(request.leftOut);
    const news = [...errors, ...warnings, ...notes];
    const touched = touchedBy(plan);
    const runsInFlight = affectedRuns(plan, request.runs);
    const { added, changed, removed, renamed } = plan.summary;
    return {
      errors: errors.length,
      newWarnings: warnings.length,
      newNotes: notes.length,
      changes: { added, changed, removed, renamed },
      settings: plan.settings.length,
      touched,
      removal: proposedRemoval(before, after),
      undeclared: undeclaredBy(before, after),
      essence: essenceOf(plan),
      owners: ownersOf(plan, before, after),
      claims: claimsOf(before, after),
      ...shorten({
        findings: news,
        locate: ({ file, range, severity, code, message }) => ({
          ...places.find(file, range),
          severity,
          code,
          message,
        }),
        planOf: (sizeMax) =>
          renderPlanMarkdown(plan, { from: request.from, to: request.to, runsInFlight }, { sizeMax }),
        tests: runTests(after, { touched, locate: (file, range) => places.find(file, range) }),
      }),
    };
  }

  /** Most of what is proposed is proposed to what was there a moment ago. */
  #compileBefore(
    { before: change, history, at, repositoryId }: JudgeRequest,
    cache: CompileCache,
    options: CompileOptions,
  ): CompiledBefore {
    const known = this.#befores.get(repositoryId);
    const tree = changedTree(known?.tree ?? EMPTY_TREE, change);
    const facts = JSON.stringify([Math.floor(at / DAY_MS), history]);
    const isKnown = known?.tree === tree && known.facts === facts;
    const project = isKnown
      ? known.project
      : compileProject(sourceTreeOf(tree, this.#contents), cache, options);
    const before = { tree, facts, project };
    this.#befores.set(repositoryId, before);
    return before;
  }
}

function undeclaredBy(before: CompiledProject, after: CompiledProject): readonly string[] {
  const { environments } = after.settings;
  return Object.keys(before.settings.environments).filter((name) => !Object.hasOwn(environments, name));
}

/** Fires, load and what runs are of the moment. */
function essenceOf({ settings, workflows }: Plan): string {
  return canonicalHash([
    settings.map((setting) => ({ ...setting })),
    workflows.map(({ id, change, path, replaces, makesVersion, edits, downstream }) => [
      [id, change, path.before, path.after, replaces, makesVersion],
      edits.map((edit) => ({ ...edit })),
      downstream.map((one) => `${one.workflow} ${one.change}`),
    ]),
  ]);
}

function touchedBy({ workflows }: Plan): readonly string[] {
  const touched = workflows.filter(({ change }) => change === "added" || change === "changed");
  return touched.slice(0, TOUCHED_MAX).map(({ id }) => id);
}

/** What stood there before is no news, but an error keeps the merge from being deployed whoever made it. */
function newsOf(
  before: CompiledProject,
  after: CompiledProject,
): { readonly errors: readonly Diagnostic[]; readonly warnings: readonly Diagnostic[] } {
  const known = new Set(before.diagnostics.map(nameOf));
  const ofSeverity = (severity: Diagnostic["severity"]): readonly Diagnostic[] =>
    after.diagnostics.filter((diagnostic) => diagnostic.severity === severity);
  return {
    errors: [...checkDeployable(after), ...ofSeverity("error")],
    warnings: ofSeverity("warning").filter((warning) => !known.has(nameOf(warning))),
  };
}

/** Without its place: lines above may have come or gone. */
function nameOf({ file, code, message }: Diagnostic): string {
  return JSON.stringify([file, code, message]);
}
