import {
  formatValueType,
  type Json,
  type ParamDefinition,
  type TextRange,
  type WorkflowDefinition,
} from "@headwater/workflow";
import type { Occurrence } from "@headwater/workflow/navigation";
import type { Range } from "vscode-languageserver-types";
import { createMover } from "../moved-offset.js";
import { toRange } from "../text-place.js";
import type { ProjectFile } from "../workspace.js";
import { isBroken } from "./broken-files.js";

/** What a client must know of a file to show the runs of its workflow in it. */
export interface FileDescription {
  /** The name of the project in the service; null when it has none. */
  readonly project: string | null;
  /** From the root of the project. */
  readonly path: string;
  readonly workflow: DescribedWorkflow | null;
}

export interface DescribedWorkflow {
  readonly id: string;
  /** Of what the text now means; null while it has errors, and while it is not checked. */
  readonly fingerprint: string | null;
  /** Whether it was checked and has errors: then nobody can say what it means. */
  readonly isBroken: boolean;
  readonly nameRange: Range;
  /** In the order of the file; the paths of steps in loops are dotted. */
  readonly steps: readonly { readonly path: string; readonly range: Range }[];
}

/**
 * The workflow of a file with the places of its steps. An author who writes waits for no check: names are those that were last
 * understood, at their places in the text as it now is.
 */
export function describeFile(file: ProjectFile): FileDescription {
  const { project, path } = file;
  const place = { project: project.name, path };
  const { defined, move } = definedIn(file);
  const workflow = defined.find(({ kind }) => kind === "workflow");
  if (workflow === undefined) return { ...place, workflow: null };
  const document = project.document(path);
  const rangeOf = ({ start, end }: TextRange): Range | null => {
    const [from, to] = [move(start), move(end)];
    return from === null || to === null ? null : toRange(document, { start: from, end: to });
  };
  return {
    ...place,
    workflow: {
      id: workflow.name,
      fingerprint: fingerprintOf(file),
      isBroken: project.compiled !== null && isBroken(project, path),
      nameRange: rangeOf(workflow.range) ?? toRange(document, { start: 0, end: 0 }),
      steps: stepsOf(defined).flatMap(({ path: step, range }) => {
        const now = rangeOf(range);
        return now === null ? [] : [{ path: step, range: now }];
      }),
    },
  };
}

/** The names that a file defines, and what finds their places in its text. */
function definedIn({ project, path }: ProjectFile): {
  readonly defined: readonly Occurrence[];
  readonly move: (offset: number) => number | null;
} {
  const isDefined = ({ role }: Occurrence): boolean => role === "definition";
  const settled = project.isOpen(path) ? project.settledModel(path) : null;
  if (settled === null)
    return { defined: project.occurrences(path).filter(isDefined), move: (offset) => offset };
  return {
    defined: project.settledNames(path).filter(isDefined),
    move: createMover(settled.text, project.document(path).getText()),
  };
}

function fingerprintOf({ project, path }: ProjectFile): string | null {
  const workflow = project.compiled?.workflows.find((each) => each.path === path);
  return workflow === undefined || isBroken(project, path) ? null : workflow.fingerprint;
}

/** Which step a step lies in is told by what belongs to each. */
function stepsOf(
  defined: readonly Occurrence[],
): readonly { readonly path: string; readonly range: TextRange }[] {
  const open: { readonly end: number; readonly path: string }[] = [];
  return defined
    .filter(({ kind }) => kind === "step")
    .map(({ name, range, whole = range }) => {
      while ((open.at(-1)?.end ?? Infinity) < range.end) open.pop();
      const outer = open.at(-1)?.path;
      const path = outer === undefined ? name : `${outer}.${name}`;
      open.push({ end: whole.end, path });
      return { path, range };
    });
}

/** What the text of a file means: the compiled workflow; null where there is none. */
export function definitionOf({ project, path }: ProjectFile): WorkflowDefinition | null {
  return project.compile().workflows.find((each) => each.path === path)?.definition ?? null;
}

/** A param of a workflow, as a form asks for it. */
export interface AskedParam {
  readonly name: string;
  /** As it is written in a file: `list<int>`. */
  readonly type: string;
  readonly isRequired: boolean;
  /** Null when there is none, or when it is an expression. */
  readonly default: Json | null;
  readonly options: readonly Json[] | null;
  readonly description: string | null;
}

/** The params of a definition, which the client has from the service. */
export function askedParams(params: readonly ParamDefinition[]): readonly AskedParam[] {
  return params.map(({ name, type, default: given, options, description }) => ({
    name,
    type: formatValueType(type),
    isRequired: given === undefined,
    default: given?.kind === "literal" ? given.value : null,
    options: options ?? null,
    description: description ?? null,
  }));
}
