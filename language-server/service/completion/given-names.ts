import { formatValueType, MATCH_OPERATORS } from "@headwater/workflow";
import { levelOnPath, stepOnPath, stepPath, type FileModel } from "@headwater/workflow/navigation";
import { asMarkdown } from "../markdown.js";
import { workflowsOf } from "../project-names.js";
import type { Project } from "../project.js";
import { joinedSignalsAt, paramsOfSignals, signalsAt } from "./signal-params.js";
import type { Writing } from "./writing.js";

/** A name that somebody else has given, as the key of a map: an input of the template, a param of the workflow. */
export interface GivenName {
  readonly name: string;
  readonly isRequired: boolean;
  readonly detail?: string;
  readonly doc?: string;
}

/** The names that may be given values at a place. */
export function givenNames(writing: Writing): readonly GivenName[] {
  const { site, model } = writing;
  if (model === null) return [];
  if (model.kind === "workflow") return namesInWorkflow(site, writing, model);
  return model.kind === "test" ? namesInTest(site, writing, model) : [];
}

type Of<K extends FileModel["kind"]> = Extract<FileModel, { readonly kind: K }>;
interface Declared {
  readonly name: string;
  readonly type: Parameters<typeof formatValueType>[0];
  readonly default?: unknown;
  readonly description?: string;
}

function namesInWorkflow(
  site: string,
  { project, place: { path } }: Writing,
  model: Of<"workflow">,
): readonly GivenName[] {
  if (site === "triggers.params") return paramsOf(model);
  if (site === "triggers.match") return carriedWith(signalsAt(model, path), project);
  if (site.endsWith(".match.*")) return MATCH_OPERATORS.map((name) => ({ name, isRequired: false }));
  const step = stepOnPath(model, path);
  if (site === "step.with") return givenTo(step);
  if (site === "step.plugin.with") return inputsOfPlugin(step, project);
  if (site !== "step.next") return [];
  return (step?.fields.vars?.value ?? []).map(({ key }) => ({ name: key, isRequired: false }));
}

function givenTo(step: ReturnType<typeof stepOnPath>): readonly GivenName[] {
  return (step?.template?.inputs ?? step?.target?.params ?? []).map(declared);
}

function inputsOfPlugin(step: ReturnType<typeof stepOnPath>, { defaults }: Project): readonly GivenName[] {
  const kind = step?.fields.plugin?.value.kind?.value;
  if (kind === undefined || !Object.hasOwn(defaults.plugins, kind)) return [];
  return (defaults.plugins[kind] ?? []).map(declared);
}

/** What the project gives with signals; nobody must ask for all of it. */
function carriedWith(signals: readonly string[], project: Project): readonly GivenName[] {
  return paramsOfSignals(project, signals).map((param) => ({ ...param, isRequired: false }));
}

function namesInTest(
  site: string,
  { project, place: { path } }: Writing,
  model: Of<"test">,
): readonly GivenName[] {
  const tested = testedModel(model, project);
  if (tested === null) return [];
  switch (site) {
    case "tests.*.params":
    case "tests.*.starts.runs.params":
      return paramsOf(tested).map((param) => ({
        ...param,
        isRequired: site === "tests.*.params" && param.isRequired,
      }));
    case "tests.*.given":
    case "tests.*.expect.steps":
      return tested.steps.map((step) => ({
        name: stepPath(step),
        isRequired: false,
        ...(step.fields.description === undefined ? {} : { doc: asMarkdown(step.fields.description.value) }),
      }));
    case "tests.*.given.*.outputs":
    case "tests.*.expect.steps.*.outputs":
      return outputsOf(tested, String(path[site.startsWith("tests.*.given") ? 3 : 4]));
    default:
      return namesOfSignals(site, String(path[3]), { tested, project });
  }
}

/** What the signals carried that started the run of a test. */
function namesOfSignals(
  site: string,
  name: string,
  { tested, project }: { readonly tested: Of<"workflow">; readonly project: Project },
): readonly GivenName[] {
  const joined = joinedSignalsAt(tested, []);
  switch (site) {
    case "tests.*.signal":
      return carriedWith(signalsAt(tested, []), project);
    case "tests.*.signals":
      return [...joined].map(([key, detail]) => ({ name: key, detail, isRequired: true }));
    case "tests.*.signals.*":
      return carriedWith([joined.get(name) ?? ""], project);
    default:
      return [];
  }
}

function outputsOf(model: Of<"workflow">, path: string): readonly GivenName[] {
  const keys = path.split(".").flatMap((id) => ["steps", id]);
  const step = levelOnPath(model, keys)?.byId.get(path.split(".").at(-1) ?? "");
  return Object.entries(step?.outputs ?? {}).map(([name, type]) => ({
    name,
    isRequired: false,
    detail: formatValueType(type),
  }));
}

function paramsOf({ fields }: Of<"workflow">): readonly GivenName[] {
  return (fields.params?.value ?? []).map(({ key: name, value: { value } }) => ({
    name,
    isRequired: value.default === undefined,
    ...(value.type === undefined ? {} : { detail: formatValueType(value.type.value) }),
    ...(value.description === undefined ? {} : { doc: asMarkdown(value.description.value) }),
  }));
}

/** The workflow that a test file is about; null when there is none. */
export function testedModel({ fields }: Of<"test">, project: Project): Of<"workflow"> | null {
  const named = workflowsOf(project).find(({ id }) => id === fields.workflow?.value);
  const model = named === undefined ? null : project.settledModel(named.path);
  return model?.kind === "workflow" ? model : null;
}

function declared({ name, type, description, ...rest }: Declared): GivenName {
  return {
    name,
    isRequired: rest.default === undefined,
    detail: formatValueType(type),
    ...(description === undefined ? {} : { doc: asMarkdown(description) }),
  };
}
