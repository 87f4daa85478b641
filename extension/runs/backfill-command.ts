import type { BackfillPreview, Client } from "@headwater/api";
import * as vscode from "vscode";
import { describeDocument } from "../language/described-file.js";
import { fileMeant } from "../language/file-meant.js";
import type { Language } from "../language/language-client.js";
import { confirm, showBegun, showError, showInformation } from "../messages.js";
import { plainText } from "../plain-text.js";
import type { StatusSources } from "../status/document-status.js";
import { spoken } from "../status/step-group.js";
import type { FormParam } from "./params-form.js";

type NewBackfill = Parameters<Client["createBackfill"]>[0]["body"];
type Choices = NonNullable<NewBackfill["choices"]>;

const SHOWN_MAX = 3;

/** The command that runs a workflow for slots of the past, or, where it has no schedule, for many params; it says first what would run. */
export function registerBackfill(sources: StatusSources): vscode.Disposable {
  return vscode.commands.registerCommand("headwater.backfill", async (given: unknown) => {
    try {
      await backfill(given, sources);
    } catch (error) {
      showError(error);
    }
  });
}

async function backfill(given: unknown, { language, link }: StatusSources): Promise<void> {
  const uri = fileMeant(given);
  const document = uri === null ? null : await vscode.workspace.openTextDocument(uri);
  const file = document === null ? null : await describeDocument(language, document);
  const { client, environment } = link;
  if (file === null || client === null) {
    void showInformation("open the file of a workflow, and connect to its service");
    return;
  }
  const place = { project: file.project, workflow: file.workflow.id };
  const title = `Backfill ${place.workflow}`;
  const { schedules, versionId } = await client.getWorkflow({ params: place, query: { environment } });
  const { definition } = await client.getVersion({ params: { id: versionId } });
  const asked = { params: definition.params };
  const which =
    schedules.length > 0
      ? await askForDays(title)
      : await askForChoices(
          title,
          language,
          (await language.ask<readonly FormParam[]>("headwater/params", asked)) ?? [],
        );
  if (which === null) return;
  const wanted = { ...place, environment, ...which };
  const preview = await client.previewBackfill({ body: wanted });
  const reason = await askForReason(title, preview);
  if (reason === null) return;
  const { id } = await client.createBackfill({ body: { ...wanted, by: "editor", reason } });
  showBegun(`${id} has begun`);
}

async function askForDays(title: string): Promise<Pick<NewBackfill, "from" | "to"> | null> {
  const from = await askForDay(`${title}: the first day (1 of 2)`);
  const to = from === null ? null : await askForDay(`${title}: the last day (2 of 2)`);
  return from === null || to === null ? null : { from, to };
}

async function askForDay(title: string): Promise<string | null> {
  const day = await vscode.window.showInputBox({
    title,
    prompt: "A day in the time zone of the schedule, such as 2026-01-31, or an instant; it is included",
    ignoreFocusOut: true,
    validateInput: (text) =>
      /^\d{4}-\d{2}-\d{2}/.test(text)
        ? null
        : "A day is written as 2026-01-31, an instant with its time and zone",
  });
  return day ?? null;
}

type ReadChoices =
  | { readonly ok: true; readonly value: Choices[string] }
  | { readonly ok: false; readonly problem: string };

/** Values of each param; what is left empty keeps its default. */
async function askForChoices(
  title: string,
  language: Language,
  params: readonly FormParam[],
): Promise<Pick<NewBackfill, "choices"> | null> {
  const choices: Choices = {};
  for (const [index, { name, type, isRequired, description }] of params.entries()) {
    const read = (text: string): Promise<ReadChoices | null> =>
      language.ask("headwater/readChoices", { type, text });
    const text = await vscode.window.showInputBox({
      title: `${title}: ${name} (${index + 1} of ${params.length})`,
      prompt: `${plainText(description ?? "Values")} (${type}): a,b,c, or 2026-01-01..2026-01-31, or 1..10${isRequired ? "" : ". Empty: the default"}`,
      ignoreFocusOut: true,
      async validateInput(typed) {
        if (typed === "") return isRequired ? `"${name}" has no default` : null;
        const answer = await read(typed);
        return answer === null || answer.ok ? null : plainText(answer.problem);
      },
    });
    if (text === undefined) return null;
    if (text === "") continue;
    const answer = await read(text);
    // Where nobody could read it, the service says what it should have been.
    choices[name] = answer?.ok === true ? answer.value : [text];
  }
  return { choices };
}

/** Shows what would run, and asks why; null when somebody thought better of it. */
async function askForReason(title: string, preview: BackfillPreview): Promise<string | null> {
  const { total, skipped, maxParallel } = preview;
  if (total - skipped === 0) {
    const all = total === 0 ? "there are no slots in that time" : `all ${total} have a run already`;
    void showInformation(`nothing would run: ${all}`);
    return null;
  }
  const question = `${title}: ${total - skipped} runs, ${maxParallel} at a time`;
  if (!(await confirm(question, "Begin Backfill", detailOf(preview)))) return null;
  const reason = await vscode.window.showInputBox({
    title,
    prompt: "Why? It is kept with the backfill",
    ignoreFocusOut: true,
  });
  return reason ?? null;
}

function detailOf({ total, skipped, items }: BackfillPreview): string {
  const shown = items.slice(0, SHOWN_MAX).map(({ slotAt, params, existing, problem }) => {
    const what = slotAt === null ? JSON.stringify(params) : `${new Date(slotAt).toISOString().slice(0, 16)}Z`;
    const known = existing === null ? "" : `: ${existing.run} ${spoken(existing.status)}`;
    return `${what}${problem === null ? known : `: ${problem}`}`;
  });
  const more = total > shown.length ? [`and ${total - shown.length} more`] : [];
  const passed = skipped === 0 ? [] : [`${skipped} are passed over, for they have a run already`];
  return [...shown, ...more, ...passed].join("\n");
}
