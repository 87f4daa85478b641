import {
  formatValueType,
  type Json,
  type ParamDefinition,
  type WorkflowDefinition,
} from "@headwater/workflow";
import type { Range } from "vscode-languageserver-types";
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
  /** Of what the text now means; null while it has errors. */
  readonly fingerprint: string | null;
  readonly nameRange: Range;
  /** In the order of the file; the paths of steps in loops are dotted. */
  readonly steps: readonly { readonly path: string; readonly range: Range }[];
}

/** The workflow of a file with the places of its steps, as the text now is. */
export function describeFile({ project, path }: ProjectFile): FileDescription {
  const compiled = project.compile();
  const workflow = compiled.workflows.find((each) => each.path === path);
  const place = { project: compiled.settings.project, path };
  if (workflow === undefined) return { ...place, workflow: null };
  const document = project.document(path);
  const defined = project.occurrences(path).filter(({ role }) => role === "definition");
  const name = defined.find(({ kind }) => kind === "workflow");
  return {
    ...place,
    workflow: {
      id: workflow.id,
      fingerprint: isBroken(project, path) ? null : workflow.fingerprint,
      nameRange: toRange(document, name?.range ?? { start: 0, end: 0 }),
      steps: stepsOf(defined).map(({ path: step, range }) => ({
        path: step,
        range: toRange(document, range),
      })),
    },
  };
}

type Defined = ReturnType<ProjectFile["project"]["occurrences"]>;

/** Which step a step lies in is told by what belongs to each. */
function stepsOf(
  defined: Defined,
): readonly { readonly path: string; readonly range: Defined[number]["range"] }[] {
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
