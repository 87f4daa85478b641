import type { DatabaseServer, StepDefinition } from "../definition/definition.js";
import type { EnvTemplate, ValueTemplate } from "../definition/value-template.js";
import type { CompiledWorkflow } from "../project/compiled-project.js";
import { writtenForm } from "./written-form.js";

/** What a workflow can get hold of outside of itself, as far as it says so: what its scripts do nobody knows. */
export const REACH_KINDS = ["secret", "host", "connection", "image", "plugin", "permit"] as const;
export type ReachKind = (typeof REACH_KINDS)[number];

/** Something that workflows reach after a change and did not before, or the other way round. */
export interface ReachChange {
  readonly kind: ReachKind;
  /** Of a host that is computed: its URL, as the file has it. */
  readonly name: string;
  readonly change: "gained" | "lost";
  /** Which workflows gain or lose it; sorted. */
  readonly workflows: readonly string[];
  /** Whether no workflow of the project had it before, or has it after: its first use, or its last. */
  readonly isOfProject: boolean;
}

interface Sides<Side> {
  readonly before: Side;
  readonly after: Side;
}

/**
 * How the reach of workflows changes: what is gained first, then by kind and name. `pairs` are those that differ; the whole project is
 * looked at only when there is something to tell.
 */
export function reachChanges(
  pairs: readonly (Sides<CompiledWorkflow | undefined> & { readonly id: string })[],
  project: Sides<readonly CompiledWorkflow[]>,
): readonly ReachChange[] {
  const gained = new Map<string, string[]>();
  const lost = new Map<string, string[]>();
  for (const { id, before, after } of pairs) {
    const [old, now] = [reachOf(before), reachOf(after)];
    for (const key of now) if (!old.has(key)) listUnder(gained, key, id);
    for (const key of old) if (!now.has(key)) listUnder(lost, key, id);
  }
  return [
    ...changesOf("gained", gained, gained.size === 0 ? [] : project.before),
    ...changesOf("lost", lost, lost.size === 0 ? [] : project.after),
  ];
}

/** `others` are the workflows on the side that does not have it because of the change. */
function changesOf(
  change: ReachChange["change"],
  found: ReadonlyMap<string, readonly string[]>,
  others: readonly CompiledWorkflow[],
): readonly ReachChange[] {
  const used = new Set(others.flatMap((workflow) => [...reachOf(workflow)]));
  return [...found]
    .map(([key, workflows]) => ({ ...readKey(key), change, workflows, isOfProject: !used.has(key) }))
    .toSorted(byKind);
}

function byKind(a: ReachChange, b: ReachChange): number {
  return REACH_KINDS.indexOf(a.kind) - REACH_KINDS.indexOf(b.kind) || (a.name < b.name ? -1 : 1);
}

/** What a workflow reaches, as keys; nothing for one that is not there. */
function reachOf(workflow: CompiledWorkflow | undefined): ReadonlySet<string> {
  return new Set(ofSteps(workflow?.definition.steps ?? []));
}

function keyOf(kind: ReachKind, name: string): string {
  return `${kind} ${name}`;
}

function readKey(key: string): Pick<ReachChange, "kind" | "name"> {
  const kind = REACH_KINDS.find((each) => key.startsWith(`${each} `)) ?? "host";
  return { kind, name: key.slice(kind.length + 1) };
}

function ofSteps(steps: readonly StepDefinition[]): readonly string[] {
  return steps.flatMap((step) => [
    ...step.permits.map((name) => keyOf("permit", name)),
    ...("steps" in step ? ofSteps(step.steps) : ofLeaf(step)),
  ]);
}

function ofLeaf(step: StepDefinition): readonly string[] {
  switch (step.kind) {
    case "run":
      return [...ofImage(step.image), ...ofTemplates(Object.values(step.env))];
    case "notebook":
      return ofImage(step.image);
    case "sql":
      return ofServer(step.connection, step.server);
    case "http":
      return [keyOf("host", hostOf(step.url)), ...ofTemplates(Object.values(step.headers))];
    case "plugin":
      return [keyOf("plugin", step.plugin), ...ofTemplates(Object.values(step.with))];
    default:
      return [];
  }
}

function ofImage(image: string | null): readonly string[] {
  return image === null ? [] : [keyOf("image", image)];
}

/** What is the project's own, in DuckDB, is not outside of it. */
function ofServer(connection: string, server: DatabaseServer | null): readonly string[] {
  if (server === null) return [];
  const { url, password } = server;
  return [
    keyOf("connection", connection),
    ...(url.kind === "secret" ? [] : [keyOf("host", databaseHostOf(url))]),
    ...ofTemplates(password === null ? [url] : [url, password]),
  ];
}

/** What the address says of its host behind the `?` counts before the host in it, as for libpq. */
function databaseHostOf(url: ValueTemplate): string {
  const said = /[?&]host=([^&#]+)/.exec(writtenText(url))?.[1];
  return said ?? hostOf(url);
}

function ofTemplates(templates: readonly EnvTemplate[]): readonly string[] {
  return templates.flatMap((template) =>
    template.kind === "secret" ? [keyOf("secret", template.name)] : [],
  );
}

/** Where a host ends: a `\` is read as `/` by those who send requests. Source: https://url.spec.whatwg.org/#authority-state */
const AUTHORITY = /^[a-z][a-z0-9+.-]*:[\\/]{2,}([^/\\?#]*)([/\\?#])?/i;

/** The host of a URL with its port, or all of the URL where the host is computed. */
function hostOf(url: ValueTemplate): string {
  const written = writtenText(url);
  const start = url.kind === "text" ? url.parts[0] : url.kind === "literal" ? url.value : null;
  if (typeof start !== "string") return written;
  const [, authority = "", end] = AUTHORITY.exec(start.replaceAll(/[\t\n\r]/g, "").trimStart()) ?? [];
  // What is computed right behind the host could be more of it.
  const isWhole = end !== undefined || url.kind === "literal";
  const host = authority.slice(authority.lastIndexOf("@") + 1).toLowerCase();
  return isWhole && host !== "" ? host : written;
}

function writtenText(template: ValueTemplate): string {
  const written = writtenForm(template);
  return typeof written === "string" ? written : JSON.stringify(written);
}

function listUnder(lists: Map<string, string[]>, key: string, id: string): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [id]);
  else list.push(id);
}
