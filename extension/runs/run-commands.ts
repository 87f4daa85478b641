import type { Client, Run, Step } from "@headwater/api";
import * as vscode from "vscode";
import { describeDocument } from "../language/described-file.js";
import { confirm, showBegun, showError, showInformation, showWarning } from "../messages.js";
import { plainText } from "../plain-text.js";
import type { StatusSources } from "../status/document-status.js";
import type { LinkState } from "../service/service-link.js";
import { spoken } from "../status/step-group.js";
import type { LogDocuments } from "./log-documents.js";
import { askForParams, type FormParam } from "./params-form.js";

/** What somebody who acts here is called where the service keeps who did what. */
const BY = "editor";

/** Everything that can be done to runs from the editor. Each command takes what a lens or the tree gives it, or asks. */
export class RunCommands implements vscode.Disposable {
  readonly #sources: StatusSources;
  readonly #subscription: vscode.Disposable;

  constructor(sources: StatusSources, logs: LogDocuments) {
    this.#sources = sources;
    const commands: Readonly<Record<string, (first?: unknown, second?: unknown) => Promise<unknown>>> = {
      run: (project, workflow) => this.#start(textOf(project), textOf(workflow)),
      cancelRun: (run) => this.#actOnRun("cancel", textOf(run)),
      restartRun: (run) => this.#actOnRun("restart", textOf(run)),
      pauseRun: (run) => this.#actOnRun("pause", textOf(run)),
      resumeRun: (run) => this.#actOnRun("resume", textOf(run)),
      retryStep: (run, path) => this.#retry(textOf(run), textOf(path)),
      approve: (run, path) => this.#approve(textOf(run), textOf(path)),
      openRunPage: (run) => this.#openPage(textOf(run)),
      openPage: () => this.#openPage(null),
      openLog: async (run, path) => {
        const client = this.#client();
        const step = client === null ? null : await this.#pickStep(textOf(run), textOf(path), () => true);
        if (step !== null) await logs.open(step.run, step.path);
      },
    };
    this.#subscription = vscode.Disposable.from(
      ...Object.entries(commands).map(([name, act]) =>
        vscode.commands.registerCommand(`headwater.${name}`, (first?: unknown, second?: unknown) =>
          this.#tell(() => act(first, second)),
        ),
      ),
    );
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  /** What the service refuses is told in its own words. */
  async #tell(act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
    } catch (error) {
      showError(error);
    }
  }

  /** The client; says what is missing where there is none. */
  #client(): Client | null {
    const { client, state } = this.#sources.link;
    if (client === null) void askForService(state);
    return client;
  }

  get #query(): { readonly environment: string } {
    return { environment: this.#sources.link.environment };
  }

  async #start(project: string | null, workflow: string | null): Promise<void> {
    const client = this.#client();
    const named = client === null ? null : await this.#workflow(project, workflow);
    if (client === null || named === null) return;
    const { versionId } = await client.getWorkflow({ params: named, query: this.#query });
    const { definition } = await client.getVersion({ params: { id: versionId } });
    const { language } = this.#sources;
    const asked = { params: definition.params };
    const params = (await language.ask<readonly FormParam[]>("headwater/params", asked)) ?? [];
    const values = await askForParams(`Run ${named.workflow}`, params, language);
    if (values === null) return;
    // The values went through the same reader as those of a file.
    const body = { params: values as Record<string, string>, by: BY };
    const run = await client.startRun({ params: named, query: this.#query, body });
    showBegun(`${run.name} has been started`);
  }

  async #actOnRun(action: "cancel" | "restart" | "pause" | "resume", given: string | null): Promise<void> {
    const client = this.#client();
    const run = await this.#run(given, ({ actions }) => actions.includes(action));
    if (client === null || run === null) return;
    const params = { id: run.id };
    if (action !== "cancel") {
      await client.actOnRun({ params, query: this.#query, body: { action, by: BY } });
      return;
    }
    if (!(await confirm(`Cancel ${run.name}?`, "Cancel Run"))) return;
    await client.cancelRun({
      params,
      query: this.#query,
      body: { by: BY, reason: "canceled in the editor" },
    });
  }

  async #retry(given: string | null, path: string | null): Promise<void> {
    const client = this.#client();
    const step = await this.#pickStep(given, path, ({ actions }) => actions.includes("retry"));
    if (client === null || step === null) return;
    const body = { action: "retry", path: step.path, by: BY } as const;
    await client.actOnRun({ params: { id: step.run }, query: this.#query, body });
  }

  async #approve(given: string | null, path: string | null): Promise<void> {
    const client = this.#client();
    const step = await this.#pickStep(given, path, ({ actions }) => actions.includes("approve"));
    if (client === null || step === null) return;
    const answer = await vscode.window.showQuickPick(["Approve", "Reject"], {
      title: `Answer ${step.path}`,
      ignoreFocusOut: true,
    });
    if (answer === undefined) return;
    const by = await vscode.window.showInputBox({
      title: `${answer} ${step.path}`,
      prompt: "Who answers: one of the approvers",
      ignoreFocusOut: true,
    });
    if (by === undefined) return;
    const body = { path: step.path, approved: answer === "Approve", ...(by === "" ? {} : { by }) };
    await client.answerApproval({ params: { id: step.run }, query: this.#query, body });
  }

  async #openPage(run: string | null): Promise<void> {
    const { state } = this.#sources.link;
    if (state.kind === "none") return askForService(state);
    const page = `${state.url}/${run === null ? "" : `#${encodeURIComponent(run)}`}`;
    await vscode.env.openExternal(vscode.Uri.parse(page, true));
  }

  /** What was given, or the workflow of the file that is open. */
  async #workflow(
    project: string | null,
    workflow: string | null,
  ): Promise<{ readonly project: string; readonly workflow: string } | null> {
    if (project !== null && workflow !== null) return { project, workflow };
    const document = vscode.window.activeTextEditor?.document;
    const file = document === undefined ? null : await describeDocument(this.#sources.language, document);
    if (file !== null) return { project: file.project, workflow: file.workflow.id };
    void showInformation("open the file of a workflow first");
    return null;
  }

  /** The run that was given, or one of the latest of the open workflow that somebody picks. */
  async #run(given: string | null, isWanted: (run: Run) => boolean): Promise<Run | null> {
    const { client } = this.#sources.link;
    if (client === null) return null;
    if (given !== null) return client.getRun({ params: { id: given }, query: this.#query });
    const named = await this.#workflow(null, null);
    if (named === null) return null;
    const { runs } = await client.listRuns({ query: { ...this.#query, ...named, limit: 50 } });
    const wanted = runs.filter(isWanted);
    const picked = await vscode.window.showQuickPick(
      wanted.map((run) => ({ label: plainText(run.name), description: spoken(run.status), run })),
      {
        title: "Which run?",
        placeHolder: wanted.length === 0 ? "There is none that this can be done to" : "",
      },
    );
    return picked?.run ?? null;
  }

  /** The step that was given, or one of a run that somebody picks. */
  async #pickStep(
    given: string | null,
    path: string | null,
    isWanted: (step: Step) => boolean,
  ): Promise<{ readonly run: string; readonly path: string } | null> {
    if (given !== null && path !== null) return { run: given, path };
    const run = await this.#run(given, () => true);
    const { client } = this.#sources.link;
    if (run === null || client === null) return null;
    const query = { ...this.#query, limit: 1000 };
    const { steps } = await client.listSteps({ params: { id: run.id }, query });
    const picked = await vscode.window.showQuickPick(
      steps.filter(isWanted).map((step) => ({
        label: plainText(step.path),
        description: spoken(step.status),
        path: step.path,
      })),
      { title: `Which step of ${run.name}?` },
    );
    return picked === undefined ? null : { run: run.id, path: picked.path };
  }
}

/** Without trust the workspace names no service, whatever it says. */
async function askForService(state: LinkState): Promise<void> {
  if (state.kind === "none") {
    const message = "this workspace names no service, and runs are of a service";
    if (await showInformation(message, "Connect to a Service"))
      await vscode.commands.executeCommand("headwater.signIn");
    return;
  }
  const why = state.kind === "lost" ? state.message : `the service at ${state.url} has not answered yet`;
  void showWarning(why);
}

/** Commands get what the tree or a link gives: the id of a run, or a node that carries it. */
function textOf(given: unknown): string | null {
  if (typeof given === "string") return given;
  if (typeof given !== "object" || given === null) return null;
  return "runId" in given && typeof given.runId === "string" ? given.runId : null;
}
