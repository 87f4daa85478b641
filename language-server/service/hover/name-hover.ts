import { formatValueType } from "@headwater/workflow";
import {
  itemsOf,
  levelOnPath,
  type FileModel,
  type Occurrence,
  type StepNode,
} from "@headwater/workflow/navigation";
import { asCode, asMarkdown } from "../markdown.js";
import { workflowsOf } from "../project-names.js";
import type { Project } from "../project.js";
import { callersOf, signalUsers } from "../workflow-links.js";
import type { ProjectFile } from "../workspace.js";

/** What an author gave a name to, in Markdown; null for what nothing more is known of. */
export function nameHover(name: Occurrence, { project, path }: ProjectFile): string | null {
  const parts = partsOf(name, project, path);
  if (parts === null) return null;
  return [`**${name.kind}** ${asCode(name.name)}`, ...parts.filter((part) => part !== "")].join("\n\n");
}

function partsOf(name: Occurrence, project: Project, path: string): readonly string[] | null {
  switch (name.kind) {
    case "workflow":
      return workflowParts(project, name.name);
    case "signal":
      return signalParts(project, name.name);
    case "step":
      return stepParts(stepOf(name, project));
    case "template":
      return templateParts(project, name.symbol.slice("template ".length));
    case "param":
    case "output":
    case "input":
      return declaredParts(name, project, path);
    default:
      return [OUTSIDE[name.kind]];
  }
}

/** What is known of names whose things stand elsewhere. */
const OUTSIDE = {
  secret: "Read when an attempt starts, masked in logs; its value is set in the service.",
  permit: "A limited resource; its limit is set in the service.",
  pool: "The workers that execute the step.",
  variable: "",
} as const;

function workflowParts(project: Project, id: string): readonly string[] | null {
  const model = workflowModel(project, id);
  if (model === null) return null;
  const { fields } = model;
  const callers = callersOf(project.settledWorkflows(), id);
  return [
    text(fields.description?.value),
    listOf(
      "Params",
      itemsOf(fields.params).map(({ key, value }) => declaration(key, value.value)),
    ),
    listOf(
      "Outputs",
      itemsOf(fields.outputs).map(({ key, value }) => declaration(key, value.value)),
    ),
    idList("Run by steps of", callers.byStep),
    idList("Runs start when one of these ends:", callers.byEnding),
    `Defined in ${asCode(model.path)}.`,
  ];
}

function signalParts(project: Project, signal: string): readonly string[] {
  const { senders, started, waiting } = signalUsers(project.settledWorkflows(), signal);
  return [
    senders.length === 0
      ? "No workflow of the project sends it; it may come from outside."
      : idList("Sent by", senders),
    idList("Starts runs of", started),
    idList("Steps of these wait for it:", waiting),
  ];
}

function stepParts(step: StepNode | null): readonly string[] | null {
  if (step === null) return null;
  const { fields, level, outputs } = step;
  const needed = level.steps.filter((other) => other.needs.includes(step));
  return [
    text(fields.name?.value),
    text(fields.description?.value),
    ...(step.template === null ? [] : [`Uses the template ${asCode(step.template.path)}.`]),
    ...(fields.workflow === undefined ? [] : [`Runs the workflow ${asCode(fields.workflow.value)}.`]),
    idList(
      "Needs",
      step.needs.map(({ id }) => id),
    ),
    idList(
      "Needed by",
      needed.map(({ id }) => id),
    ),
    listOf(
      "Outputs",
      Object.entries(outputs).map(([name, type]) => `${asCode(name)}: ${asCode(formatValueType(type))}`),
    ),
    ...(level.parent === null ? [] : [`A step of each iteration of ${asCode(level.parent.id)}.`]),
  ];
}

type Declared = {
  readonly type?: { readonly value: Parameters<typeof formatValueType>[0] };
  readonly default?: unknown;
  readonly description?: { readonly value: string };
};

function declaration(name: string, { type, description, ...rest }: Declared): string {
  const typeText = type === undefined ? "" : `: ${asCode(formatValueType(type.value))}`;
  const isOptional = "default" in rest ? ", optional" : "";
  const words = description === undefined ? "" : ` — ${asMarkdown(description.value)}`;
  return `${asCode(name)}${typeText}${isOptional}${words}`;
}

/** The name is declared in the file that its symbol names: a workflow's, or a template's. */
function declaredParts(name: Occurrence, project: Project, from: string): readonly string[] | null {
  const owner = name.symbol.slice(name.kind.length + 1);
  if (name.kind === "output" && owner.includes("#")) return stepOutputParts(name, project);
  const scope = owner.slice(0, owner.length - name.name.length - 1);
  const model = workflowModel(project, scope) ?? project.settledModel(scope);
  const found =
    model === null ? undefined : declaredIn(model, name.kind).find(({ key }) => key === name.name);
  return found === undefined || model === null ? null : declaredFacts(found, model, from);
}

function declaredFacts({ value }: DeclaredItem, model: FileModel, from: string): readonly string[] {
  const { type, description, default: usual } = value.value;
  return [
    ...(type === undefined ? [] : [`Type ${asCode(formatValueType(type.value))}.`]),
    text(description?.value),
    ...(usual === undefined
      ? []
      : [`Default: ${asCode(model.text.slice(usual.range.start, usual.range.end))}.`]),
    ...(model.path === from ? [] : [`Declared in ${asCode(model.path)}.`]),
  ];
}

interface DeclaredItem {
  readonly key: string;
  readonly value: {
    readonly value: Declared & {
      readonly default?: { readonly range: { readonly start: number; readonly end: number } };
    };
  };
}

function declaredIn(model: FileModel, kind: Occurrence["kind"]): readonly DeclaredItem[] {
  if (model.kind === "workflow")
    return itemsOf<DeclaredItem>(kind === "param" ? model.fields.params : model.fields.outputs);
  return model.kind === "template" && kind === "input"
    ? itemsOf<DeclaredItem>(model.template?.fields.inputs)
    : [];
}

function templateParts(project: Project, path: string): readonly string[] | null {
  const model = project.settledModel(path);
  if (model?.kind !== "template" || model.template === null) return null;
  const { inputs, outputs, description } = model.template.fields;
  return [
    text(description?.value),
    listOf(
      "Inputs",
      itemsOf(inputs).map(({ key, value }) => declaration(key, value.value)),
    ),
    listOf(
      "Outputs",
      itemsOf(outputs).map(({ key, value }) => declaration(key, { type: value })),
    ),
    `Defined in ${asCode(path)}.`,
  ];
}

function stepOutputParts(name: Occurrence, project: Project): readonly string[] | null {
  const step = stepOf(name, project);
  const type = step?.outputs[name.name];
  return step === null || type === undefined
    ? null
    : [`Type ${asCode(formatValueType(type))}, an output of the step ${asCode(step.id)}.`];
}

/** `workflow#load.copy`, of an output with its name behind. */
function stepOf({ symbol, kind, name }: Occurrence, project: Project): StepNode | null {
  const [workflow = "", path = ""] = symbol.slice(kind.length + 1).split("#");
  const model = workflowModel(project, workflow) ?? project.settledModel(workflow);
  if (model?.kind !== "workflow") return null;
  const ids = (kind === "output" ? path.slice(0, -name.length - 1) : path).split(".");
  return (
    levelOnPath(
      model,
      ids.flatMap((id) => ["steps", id]),
    )?.byId.get(ids.at(-1) ?? "") ?? null
  );
}

function workflowModel(
  project: Project,
  id: string,
): Extract<FileModel, { readonly kind: "workflow" }> | null {
  const named = workflowsOf(project).find((workflow) => workflow.id === id);
  const model = named === undefined ? null : project.settledModel(named.path);
  return model?.kind === "workflow" ? model : null;
}

function text(written: string | undefined): string {
  return written === undefined ? "" : asMarkdown(written);
}

function listOf(title: string, lines: readonly string[]): string {
  return lines.length === 0
    ? ""
    : `${title}:\n\n${lines
        .slice(0, LINES_MAX)
        .map((line) => `- ${line}`)
        .join("\n")}`;
}

function idList(title: string, ids: readonly string[]): string {
  if (ids.length === 0) return "";
  const more = ids.length > LINES_MAX ? ` and ${ids.length - LINES_MAX} more` : "";
  return `${title} ${ids.slice(0, LINES_MAX).map(asCode).join(", ")}${more}`;
}

/** More than one reads beside a cursor. */
const LINES_MAX = 20;
