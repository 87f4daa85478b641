import * as vscode from "vscode";
import type { Language } from "../language/language-client.js";
import { plainText } from "../plain-text.js";

/** A param as a form asks for it; see `AskedParam` of the language server. */
export interface FormParam {
  readonly name: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly default: unknown;
  readonly options: readonly unknown[] | null;
  readonly description: string | null;
}

type ReadParam =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: string };

/** Asks for each param by its type; what is left alone keeps its default. Null when somebody thought better of it. */
export async function askForParams(
  title: string,
  params: readonly FormParam[],
  language: Language,
): Promise<Readonly<Record<string, unknown>> | null> {
  const values: Record<string, unknown> = {};
  for (const [index, param] of params.entries()) {
    const step = `${title}: ${param.name} (${index + 1} of ${params.length})`;
    const choices = choicesOf(param);
    const answer = choices === null ? await askText(step, param, language) : await pick(step, param, choices);
    if (answer === CANCELED) return null;
    if (answer !== LEFT) values[param.name] = answer;
  }
  return values;
}

const CANCELED = Symbol("canceled");
/** The service fills in the default. */
const LEFT = Symbol("left");

function choicesOf({ type, options }: FormParam): readonly unknown[] | null {
  return options ?? (type === "bool" ? [true, false] : null);
}

async function pick(title: string, param: FormParam, choices: readonly unknown[]): Promise<unknown> {
  const items = choices.map((value) => ({
    label: plainText(shown(value)),
    value,
    ...(shown(value) === shown(param.default) ? { description: "default" } : {}),
  }));
  const sorted = [...items.filter(isDefault), ...items.filter((item) => !isDefault(item))];
  const picked = await vscode.window.showQuickPick(sorted, {
    title,
    placeHolder: param.description ?? `One of these; ${param.type}`,
    ignoreFocusOut: true,
  });
  return picked === undefined ? CANCELED : picked.value;
}

function isDefault(item: object): boolean {
  return "description" in item;
}

async function askText(title: string, param: FormParam, language: Language): Promise<unknown> {
  const byDefault = param.default === null ? "" : shown(param.default);
  const read = (text: string): Promise<ReadParam | null> =>
    language.ask<ReadParam>("headwater/readParam", { type: param.type, text });
  const text = await vscode.window.showInputBox({
    title,
    prompt: plainText(promptOf(param)),
    value: byDefault,
    ignoreFocusOut: true,
    async validateInput(typed) {
      if (typed === "" && !param.isRequired) return null;
      const answer = await read(typed);
      return answer === null || answer.ok ? null : plainText(answer.problem);
    },
  });
  if (text === undefined) return CANCELED;
  if (!param.isRequired && (text === "" || text === byDefault)) return LEFT;
  const answer = await read(text);
  return answer?.ok === true ? answer.value : text;
}

function promptOf({ type, description, isRequired, default: byDefault }: FormParam): string {
  const left = isRequired ? "" : byDefault === null ? ". Empty: as the file says" : "";
  return `${description ?? "Value"} (${type})${left}`;
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : value === null ? "" : JSON.stringify(value);
}
