import * as vscode from "vscode";
import { fileMeant } from "../language/file-meant.js";
import type { Language } from "../language/language-client.js";
import { showError, showInformation } from "../messages.js";
import { askForParams, type FormParam } from "./params-form.js";

/** What can be asked before; see `SimulationForm` of the language server. */
interface SimulationForm {
  readonly workflow: string;
  readonly params: readonly FormParam[];
  readonly steps: readonly FormStep[];
}

interface FormStep {
  readonly path: string;
  readonly outputs: readonly FormParam[];
}

interface Outcome {
  readonly fails: "error" | "platform" | "timeout" | null;
  readonly outputs: Readonly<Record<string, unknown>>;
}

type Simulated =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problem: string };

const SCHEME = "headwater-simulation";

/** The command that simulates a run: asks for params and for what steps do, and shows what would become of each step when. */
export function registerSimulate(language: Language): vscode.Disposable {
  const texts = new Map<string, string>();
  return vscode.Disposable.from(
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
      provideTextDocumentContent: (uri) => texts.get(uri.toString()) ?? "",
    }),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => texts.delete(uri.toString())),
    vscode.commands.registerCommand("headwater.simulate", (given: unknown) =>
      simulate(given, language, texts),
    ),
  );
}

async function simulate(given: unknown, language: Language, texts: Map<string, string>): Promise<void> {
  const uri = fileMeant(given)?.toString();
  const form =
    uri === undefined ? null : await language.ask<SimulationForm>("headwater/simulationForm", { uri });
  if (form === null) {
    void showInformation("open the file of a workflow first");
    return;
  }
  const title = `Simulate ${form.workflow}`;
  const params = await askForParams(title, form.params, language);
  const outcomes = params === null ? null : await askForOutcomes(title, form.steps, language);
  if (outcomes === null) return;
  const simulated = await untilCanceled(`Headwater: simulating ${form.workflow}`, (signal) =>
    language.ask<Simulated>("headwater/simulate", { uri, params, given: outcomes }, signal),
  );
  if (simulated !== "canceled") await tell(form.workflow, simulated, texts);
}

async function tell(
  workflow: string,
  simulated: Simulated | null,
  texts: Map<string, string>,
): Promise<void> {
  if (simulated?.ok === true) await show(workflow, simulated.text, texts);
  else showError(`cannot simulate ${workflow}: ${simulated?.problem ?? "the file is gone"}`);
}

/** Each has an address of its own: the editor keeps the text of an address while it is open. */
async function show(workflow: string, text: string, texts: Map<string, string>): Promise<void> {
  const address = { scheme: SCHEME, path: `/${workflow} simulated`, query: crypto.randomUUID() };
  const shown = vscode.Uri.from(address);
  texts.set(shown.toString(), text);
  await vscode.window.showTextDocument(shown, { viewColumn: vscode.ViewColumn.Beside, preview: true });
}

/** Shows that something goes on, and lets somebody end it. */
function untilCanceled<T>(title: string, ask: (signal: AbortSignal) => Promise<T>): Thenable<T | "canceled"> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress<T | "canceled">(options, async (_progress, token) => {
    const stop = new AbortController();
    const canceling = token.onCancellationRequested(() => stop.abort());
    const answer: T = await ask(stop.signal).finally(() => void canceling.dispose());
    return stop.signal.aborted ? "canceled" : answer;
  });
}

const ENDS: readonly (vscode.QuickPickItem & { readonly fails: Outcome["fails"] })[] = [
  { label: "succeeds", description: "with outputs that are asked for", fails: null },
  {
    label: "fails: error",
    description: "as a script does that ends with another code than 0",
    fails: "error",
  },
  { label: "fails: platform", description: "as when its worker is lost", fails: "platform" },
  { label: "fails: timeout", description: "runs longer than it may", fails: "timeout" },
];

/** Which steps do something else than to succeed with what their types assume, and what. Null when somebody thought better of it. */
async function askForOutcomes(
  title: string,
  steps: readonly FormStep[],
  language: Language,
): Promise<Readonly<Record<string, Outcome>> | null> {
  if (steps.length === 0) return {};
  const chosen = await vscode.window.showQuickPick(
    steps.map((step) => ({ label: step.path, description: step.outputs.map(typed).join(", "), step })),
    {
      title: `${title}: the outcome of which steps is given?`,
      placeHolder: "The others succeed at once; Enter goes on",
      canPickMany: true,
      ignoreFocusOut: true,
    },
  );
  if (chosen === undefined) return null;
  const outcomes: Record<string, Outcome> = {};
  for (const { step } of chosen) {
    const outcome = await askForOutcome(`${title}: ${step.path}`, step, language);
    if (outcome === null) return null;
    outcomes[step.path] = outcome;
  }
  return outcomes;
}

async function askForOutcome(title: string, step: FormStep, language: Language): Promise<Outcome | null> {
  const end = await vscode.window.showQuickPick(ENDS, { title, ignoreFocusOut: true });
  if (end === undefined) return null;
  if (end.fails !== null) return { fails: end.fails, outputs: {} };
  const outputs = await askForParams(title, step.outputs, language);
  return outputs === null ? null : { fails: null, outputs };
}

function typed({ name, type }: FormParam): string {
  return `${name}: ${type}`;
}
