import { fileKind } from "@headwater/workflow";
import type { Occurrence } from "@headwater/workflow/navigation";
import {
  SymbolKind,
  type CallHierarchyIncomingCall,
  type CallHierarchyItem,
  type CallHierarchyOutgoingCall,
} from "vscode-languageserver-types";
import { nameAt, type PlacedName } from "../named-place.js";
import type { Project } from "../project.js";
import { toRange } from "../text-place.js";
import type { ProjectFile } from "../workspace.js";

/**
 * Workflows that make each other run: by a step that runs another, by a trigger that waits for one, and by a signal from who emits
 * it to who hears it. At a name of a workflow that one, elsewhere that of the file.
 */
export function callItemsAt({ project, path }: ProjectFile, offset: number): CallHierarchyItem[] {
  const name = nameAt({ project, path }, offset);
  const id = name?.kind === "workflow" ? name.name : ownName(project, path)?.name;
  return id === undefined ? [] : itemsOf(project, id);
}

/** Who makes a workflow run. */
export function incomingCalls(project: Project, id: string): CallHierarchyIncomingCall[] {
  return callsOf(project)
    .filter(({ to }) => to === id)
    .flatMap(({ from, place }) =>
      itemsOf(project, from).map((item) => ({ from: item, fromRanges: [rangeOf(place, project)] })),
    );
}

/** Which workflows a workflow makes run. */
export function outgoingCalls(project: Project, id: string): CallHierarchyOutgoingCall[] {
  return callsOf(project)
    .filter(({ from }) => from === id)
    .flatMap(({ to, place }) =>
      itemsOf(project, to).map((item) => ({ to: item, fromRanges: [rangeOf(place, project)] })),
    );
}

interface Call {
  readonly from: string;
  readonly to: string;
  /** In the file of the one that says so. */
  readonly place: PlacedName;
}

function callsOf(project: Project): readonly Call[] {
  const files = project.tree.paths
    .filter((path) => fileKind(path) === "workflow")
    .map((path) => mentionsIn(project, path));
  const heard = files.flatMap(({ id, hears }) => hears.map((place) => ({ id, place })));
  return files.flatMap(({ id, runs, follows, emits }): readonly Call[] => [
    ...runs.map((place) => ({ from: id, to: place.name, place })),
    ...follows.map((place) => ({ from: place.name, to: id, place })),
    ...emits.flatMap((place) =>
      heard
        .filter((other) => other.place.symbol === place.symbol)
        .map((other) => ({ from: id, to: other.id, place })),
    ),
  ]);
}

interface Mentions {
  readonly id: string;
  readonly runs: readonly PlacedName[];
  readonly follows: readonly PlacedName[];
  readonly emits: readonly PlacedName[];
  readonly hears: readonly PlacedName[];
}

function mentionsIn(project: Project, path: string): Mentions {
  const names = project.occurrences(path).map((name) => ({ ...name, path }));
  const steps = names.filter(({ kind, role }) => kind === "step" && role === "definition");
  const isInStep = ({ range }: Occurrence): boolean =>
    steps.some(({ whole }) => whole !== undefined && whole.start <= range.start && range.end <= whole.end);
  const workflows = names.filter(({ kind, role }) => kind === "workflow" && role === "use");
  const signals = names.filter(({ kind }) => kind === "signal");
  return {
    id: ownName(project, path)?.name ?? path,
    runs: workflows.filter(isInStep),
    follows: workflows.filter((name) => !isInStep(name)),
    emits: signals.filter(({ role }) => role === "definition"),
    hears: signals.filter((name) => name.role === "use" && !isInStep(name)),
  };
}

function ownName(project: Project, path: string): Occurrence | undefined {
  return project.occurrences(path).find(({ kind, role }) => kind === "workflow" && role === "definition");
}

/** One for each file that defines the workflow: a finding says when there are two. */
function itemsOf(project: Project, id: string): CallHierarchyItem[] {
  return project.tree.paths
    .filter((path) => fileKind(path) === "workflow")
    .flatMap((path) => {
      const name = ownName(project, path);
      if (name?.name !== id) return [];
      const document = project.document(path);
      const whole = { start: 0, end: document.getText().length };
      return {
        name: id,
        kind: SymbolKind.Module,
        detail: path,
        uri: project.uriOf(path),
        range: toRange(document, whole),
        selectionRange: toRange(document, name.range),
      };
    });
}

function rangeOf({ path, range }: PlacedName, project: Project): ReturnType<typeof toRange> {
  return toRange(project.document(path), range);
}
