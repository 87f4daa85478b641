import { fileKind, SCALAR_TYPES, type Shape } from "@headwater/workflow";
import { isUpstream, levelOnPath, shapesAt } from "@headwater/workflow/navigation";
import { CompletionItemKind } from "vscode-languageserver-types";
import { projectNames, workflowsOf } from "../project-names.js";
import { SCHEDULE_FORMS } from "./schedule-forms.js";
import type { Offer } from "./offer.js";
import type { Writing } from "./writing.js";

/** The values that may stand at a place: what the language takes there, and what the project has of the kind. */
export function valueOffers(writing: Writing, shapes: readonly Shape[]): readonly Offer[] {
  const sources = SOURCES[writing.site]?.(writing) ?? [];
  const takesExpressions = shapes.some(
    ({ kind, ...shape }) => kind === "any" || ("expressions" in shape && shape.expressions),
  );
  return [
    ...sources,
    ...shapes.flatMap((shape) => ofShape(shape, sources.length > 0)),
    ...(takesExpressions ? [expressionOffer(writing.place.isFlow)] : []),
  ];
}

/** In braces of YAML those of an expression stand in quotes. */
function expressionOffer(isFlow: boolean): Offer {
  const quote = isFlow ? '"' : "";
  return {
    label: "${{ }}",
    kind: CompletionItemKind.Snippet,
    detail: "an expression",
    text: `${quote}\${{  }}${quote}`,
    snippet: String.raw`${quote}\${{ $0 \}\}${quote}`,
    rank: 6,
  };
}

function ofShape(shape: Shape, hasSources: boolean): readonly Offer[] {
  switch (shape.kind) {
    case "choice":
      return shape.choices.map((label, nth) => ({
        label,
        kind: CompletionItemKind.EnumMember,
        rank: nth < 9 ? 4 : 5,
      }));
    case "boolean":
      return ["true", "false"].map((label) => ({ label, kind: CompletionItemKind.Keyword }));
    case "text":
      return hasSources
        ? []
        : shape.examples.map((label) => ({ label, kind: CompletionItemKind.Value, detail: "example" }));
    case "list":
      return shape.orOne ? shapesAt(shape.of, []).flatMap((of) => ofShape(of, hasSources)) : [];
    default:
      return [];
  }
}

type Source = (writing: Writing) => readonly Offer[];

const PATH_KIND = CompletionItemKind.File;

/** Where values come from, by the place of the language. */
const SOURCES: Readonly<Record<string, Source>> = {
  "step.needs": neededSteps,
  "step.workflow": workflowIds,
  "triggers.workflow": workflowIds,
  workflow: (writing) => (writing.kind === "test" ? workflowIds(writing) : []),
  "triggers.signal": signals,
  "triggers.all.*.signal": signals,
  "step.wait_for.signal": signals,
  "step.emit.signal": signals,
  "tests.*.starts.signals.signal": signals,
  "triggers.schedule": () => SCHEDULE_FORMS,
  "triggers.timezone": timeZones,
  "defaults.timezone": timeZones,
  "triggers.join": ({ model }) =>
    (model?.kind === "workflow" ? (model.fields.params?.value ?? []) : []).map(({ key }) => ({
      label: key,
      kind: CompletionItemKind.Variable,
    })),
  "step.use": (writing) => files(writing, (path) => fileKind(path) === "template"),
  "step.sql.file": (writing) => files(writing, (path) => path.endsWith(".sql")),
  "step.notebook": notebooks,
  "step.notebook.file": notebooks,
  "step.sql.connection": (writing) =>
    named(writing, "connections", ["duckdb", ...Object.keys(writing.project.defaults.connections)]),
  "step.plugin.kind": ({ project }) =>
    Object.keys(project.defaults.plugins).map((label) => ({ label, kind: CompletionItemKind.Class })),
  "step.permits": (writing) => named(writing, "permits"),
  "step.pool": (writing) => named(writing, "pools", ["default"]),
  "defaults.pool": (writing) => named(writing, "pools", ["default"]),
  "step.approval.approvers": (writing) => named(writing, "approvers"),
  owner: (writing) => named(writing, "owners"),
  "params.*.type": types,
  "outputs.*.type": types,
  "step.outputs.*": types,
};

function neededSteps({ model, place: { path } }: Writing): readonly Offer[] {
  if (model?.kind !== "workflow") return [];
  const level = levelOnPath(model, path);
  const id = path[path.lastIndexOf("needs") - 1];
  const own = level?.byId.get(String(id));
  const needed = own?.needs.map((need) => need.id) ?? [];
  return (level?.steps ?? [])
    .filter((step) => step.id !== id && !needed.includes(step.id))
    .filter((step) => own === undefined || !isUpstream(own, step))
    .map((step) => ({
      label: step.id,
      kind: CompletionItemKind.Function,
      ...(step.fields.name === undefined ? {} : { detail: step.fields.name.value }),
    }));
}

function workflowIds({ project, path: own }: Pick<Writing, "project" | "path">): readonly Offer[] {
  return workflowsOf(project)
    .filter(({ path }) => path !== own)
    .map(({ id, path }) => ({ label: id, kind: CompletionItemKind.Module, detail: path }));
}

function signals(writing: Writing): readonly Offer[] {
  return projectNames(writing.project, "signals").map((label) => ({ label, kind: CompletionItemKind.Event }));
}

function named(
  { project }: Writing,
  kind: "connections" | "permits" | "pools" | "owners" | "approvers",
  always: readonly string[] = [],
): readonly Offer[] {
  return [...new Set([...always, ...projectNames(project, kind)])].map((label) => ({
    label,
    kind: CompletionItemKind.Value,
  }));
}

function types(): readonly Offer[] {
  return [
    ...SCALAR_TYPES.map((label) => ({ label, kind: CompletionItemKind.TypeParameter, rank: 4 })),
    {
      label: "list<…>",
      kind: CompletionItemKind.TypeParameter,
      text: "list<string>",
      snippet: "list<${1:string}>",
    },
    {
      label: "map<…>",
      kind: CompletionItemKind.TypeParameter,
      text: "map<string>",
      snippet: "map<${1:string}>",
    },
  ];
}

/** The zones of the engine; it leaves out the one that nearly everybody knows. */
function timeZones(): readonly Offer[] {
  return ["UTC", ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC")].map(
    (label, nth) => ({
      label,
      kind: CompletionItemKind.Constant,
      rank: nth === 0 ? 4 : 5,
    }),
  );
}

function notebooks(writing: Writing): readonly Offer[] {
  return files(writing, (path) => path.endsWith(".ipynb"));
}

/** Files in or below the folder of the writing file by the way from there, others from the root; with `./` before it only the first. */
function files(
  { project, path: from, place: { prefix } }: Writing,
  isWanted: (path: string) => boolean,
): readonly Offer[] {
  const folder = from.slice(0, from.lastIndexOf("/") + 1);
  const isRelative = /^["']?\.\.?\//.test(prefix);
  return project.sources.filter(isWanted).map((path) => {
    const near = path.startsWith(folder) ? `./${path.slice(folder.length)}` : null;
    const label = isRelative ? (near ?? wayTo(path, folder)) : path;
    return {
      label,
      kind: PATH_KIND,
      ...(near === null || isRelative ? {} : { detail: near }),
      rank: near === null ? 6 : 5,
    };
  });
}

function wayTo(path: string, folder: string): string {
  let at = folder;
  let up = "";
  while (!path.startsWith(at)) {
    at = at.slice(0, at.lastIndexOf("/", at.length - 2) + 1);
    up += "../";
  }
  return up + path.slice(at.length);
}
