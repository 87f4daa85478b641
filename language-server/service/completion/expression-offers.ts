import {
  DESCRIBED_FUNCTIONS,
  formatPartType,
  macroVariables,
  scopeDoc,
  typeOfPart,
  type ExpressionPlace,
  type FileModel,
  type FunctionDescription,
  type PartType,
  type WorkflowModel,
} from "@headwater/workflow/navigation";
import type { ExpressionChecker } from "@headwater/workflow";
import { CompletionItemKind } from "vscode-languageserver-types";
import { functionDoc } from "../function-doc.js";
import { asMarkdown } from "../markdown.js";
import { projectNames } from "../project-names.js";
import type { Offer } from "./offer.js";
import { joinedSignalsAt, paramsOfSignals, signalsAt } from "./signal-params.js";
import type { Writing } from "./writing.js";

/** What may stand at a place in an expression: members and methods of what is before its dot, else names and functions. */
export function expressionOffers(
  place: ExpressionPlace,
  checker: ExpressionChecker,
  { writing, hasBracket }: { readonly writing: Writing; readonly hasBracket: boolean },
): readonly Offer[] {
  if (place.isInText) return [];
  if (place.receiver === null) return startOffers(place, checker, { writing, hasBracket });
  if (place.receiver === "secrets") {
    return projectNames(writing.project, "secrets").map((label) => ({
      label,
      kind: CompletionItemKind.Constant,
    }));
  }
  if (place.receiver === "optional") return functionOffers(isOf("optional"), hasBracket);
  const type = typeOfPart(place.receiver, place.calls, checker);
  const path = place.receiver.split(".").map((name) => name.trim());
  const carried = carriedOffers(path, writing);
  return [
    ...carried,
    ...fieldOffers(type, path, writing),
    ...guardOffers(type, path, { writing, place, carried }),
    ...(type.name === "record" ? [] : functionOffers(isMethodOf(type), hasBracket)),
  ];
}

/** What the signals carry that may have started the run, by what the project gives with them. */
function carriedOffers([root, name, ...rest]: readonly string[], writing: Writing): readonly Offer[] {
  const { model, place, project } = writing;
  if (model?.kind !== "workflow" || rest.length > 0) return [];
  const signals =
    root === "signal" && name === undefined
      ? signalsAt(model, place.path)
      : root === "signals" && name !== undefined
        ? [joinedSignalsAt(model, place.path).get(name) ?? ""]
        : [];
  return paramsOfSignals(project, signals).map(({ name: label, detail }) => ({
    label,
    kind: CompletionItemKind.Variable,
    detail,
    rank: 2,
  }));
}

/** Of what may be absent when the expression is evaluated, the form that says what is then taken. */
function guardOffers(
  type: PartType,
  [root, , third, ...rest]: readonly string[],
  {
    writing,
    place,
    carried,
  }: { readonly writing: Writing; readonly place: ExpressionPlace; readonly carried: readonly Offer[] },
): readonly Offer[] {
  const isGuarded = writing.text[writing.offset - place.prefix.length - 1] === "?";
  if (isGuarded) return [];
  const outputs =
    root === "steps" && third === "outputs" && rest.length === 0 && "fields" in type
      ? Object.keys(type.fields)
      : [];
  return [...outputs, ...carried.map(({ label }) => label)].map((name) => ({
    label: `?${name}.orValue(…)`,
    kind: CompletionItemKind.Snippet,
    detail: "or another value where it is absent",
    text: `?${name}.orValue(`,
    snippet: `?${name}.orValue($0)`,
    rank: 4,
  }));
}

function startOffers(
  { calls }: ExpressionPlace,
  checker: ExpressionChecker,
  { writing, hasBracket }: { readonly writing: Writing; readonly hasBracket: boolean },
): readonly Offer[] {
  const { scope } = checker;
  // Where the two functions of conditions may be called is told by names that nobody writes.
  const names = Object.entries(scope).filter(([name]) => !name.startsWith("__"));
  const isKnown = (name: string): boolean =>
    !["succeeded", "failed"].includes(name) || Object.hasOwn(scope, `__${name}`);
  return [
    ...macroVariables(calls, checker).map(([label, type]) => ({ ...fieldOf(label, type), rank: 1 })),
    ...fieldOffers({ name: "record", fields: Object.fromEntries(names) }, [], writing),
    ...functionOffers(({ signatures, namespace, name }) => {
      return (
        namespace === undefined &&
        isKnown(name) &&
        signatures.some((signature) => !/^[^(]*\./.test(signature))
      );
    }, hasBracket),
    ...["true", "false", "null"].map((label) => ({ label, kind: CompletionItemKind.Keyword, rank: 8 })),
  ];
}

function fieldOffers(type: PartType, path: readonly string[], writing: Writing): readonly Offer[] {
  if (!("fields" in type)) return [];
  return Object.entries(type.fields)
    .filter(([name, field]) => !isEmptyRecord(field) || path.length > 0 || name === "steps")
    .filter(([name]) => /^[A-Za-z_]\w*$/.test(name))
    .map(([name, field]) => ({ ...fieldOf(name, field), ...docOf([...path, name], writing), rank: 3 }));
}

function isEmptyRecord(type: PartType): boolean {
  return "fields" in type && Object.keys(type.fields).length === 0;
}

function fieldOf(label: string, type: PartType): Offer {
  const detail = formatPartType(type);
  const kind = type.name === "record" ? CompletionItemKind.Struct : CompletionItemKind.Variable;
  return { label, kind, ...(detail === null ? {} : { detail }) };
}

function docOf(path: readonly string[], { model }: Writing): { readonly doc?: string } {
  const doc = scopeDoc(path);
  if (doc !== null) return { doc };
  const [root, name] = path;
  const declared = model !== null && (root === "params" || root === "inputs") ? declaredBy(model) : [];
  const description = declared.find(({ key }) => key === name)?.value.value.description?.value;
  return description === undefined ? {} : { doc: asMarkdown(description) };
}

function declaredBy(model: FileModel): NonNullable<WorkflowModel["fields"]["params"]>["value"] {
  if (model.kind === "workflow") return model.fields.params?.value ?? [];
  return model.kind === "template" ? (model.template?.fields.inputs?.value ?? []) : [];
}

function functionOffers(
  isWanted: (described: FunctionDescription) => boolean,
  hasBracket: boolean,
): readonly Offer[] {
  return DESCRIBED_FUNCTIONS.filter(isWanted).map((described) => ({
    label: described.name,
    kind: CompletionItemKind.Function,
    detail: described.signatures[0] ?? "",
    doc: functionDoc(described),
    rank: 5,
    ...(hasBracket ? {} : { text: `${described.name}(`, snippet: callSnippet(described) }),
  }));
}

function callSnippet({ name, signatures }: FunctionDescription): string {
  const takes = signatures.map((signature) => /\((.*)\)/.exec(signature)?.[1] ?? "");
  if (takes.every((params) => params === "")) return `${name}()$0`;
  return takes.some((params) => params.startsWith("name,")) ? `${name}(\${1:x}, $0)` : `${name}($0)`;
}

function isOf(namespace: "optional"): (described: FunctionDescription) => boolean {
  return (described) => described.namespace === namespace;
}

/** Of what may be anything, all that there are. */
function isMethodOf({ name }: PartType): (described: FunctionDescription) => boolean {
  const receiver = RECEIVERS[name] ?? name;
  return ({ signatures, namespace }) =>
    namespace === undefined &&
    signatures.some((signature) => {
      const of = /^([a-z]+)(?:<[^(]*>)?\./.exec(signature)?.[1];
      return of !== undefined && (receiver === "any" || of === receiver);
    });
}

/** Types whose values are others in an expression. */
const RECEIVERS: Readonly<Record<string, string>> = { date: "string", json: "any" };
