import type { Client, Run, Workflow } from "@headwater/api";
import * as vscode from "vscode";
import type { Clock } from "../clock.js";
import { GatheredCall } from "../gathered-call.js";
import type { LinkEvent } from "../service/service-connection.js";
import type { ServiceLink } from "../service/service-link.js";
import { readWarnings, type ServiceWarning } from "./service-warnings.js";
import { durationText, groupBy, lookOf, spoken, type Look } from "../status/step-group.js";

const RUNS_SHOWN = 20;
const GATHER_MS = 300;

type Node =
  | { readonly kind: "project"; readonly name: string; readonly workflows: readonly Workflow[] }
  | { readonly kind: "workflow"; readonly workflow: Workflow }
  | { readonly kind: "run"; readonly run: Run; readonly runId: string }
  | { readonly kind: "warning"; readonly label: string; readonly detail: string };

/** The tree of what the service has: projects, their workflows, the latest runs of each. */
export class RunTree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly #link: ServiceLink;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscription: vscode.Disposable;
  readonly #happened: GatheredCall;
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(link: ServiceLink, clock: Clock) {
    this.#link = link;
    const call = (): void => this.#changed.fire();
    this.#happened = new GatheredCall({ clock, delayMs: GATHER_MS, call });
    this.#subscription = vscode.Disposable.from(
      vscode.window.registerTreeDataProvider("headwater.runs", this),
      link.onDidHappen((event) => this.#note(event)),
      link.onDidChangeState(({ kind }) => {
        void vscode.commands.executeCommand("setContext", "headwater.link", kind);
        this.#changed.fire();
      }),
      this.#changed,
    );
  }

  getTreeItem(node: Node): vscode.TreeItem {
    switch (node.kind) {
      case "project":
        return folded(node.name, "repo", vscode.TreeItemCollapsibleState.Expanded);
      case "workflow":
        return workflowItem(node.workflow);
      case "run":
        return runItem(node.run);
      case "warning":
        return warningItem(node);
    }
  }

  /** What cannot be had stands where it would be: VS Code would show a message at each change. */
  async getChildren(node?: Node): Promise<Node[]> {
    const { client } = this.#link;
    if (client === null) return [];
    try {
      return await this.#children(client, node);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return [{ kind: "warning", label: message, detail: message }];
    }
  }

  async #children(client: Client, node?: Node): Promise<Node[]> {
    const { environment } = this.#link;
    if (node?.kind === "project") return node.workflows.map((workflow) => ({ kind: "workflow", workflow }));
    if (node?.kind === "workflow") {
      const { project, workflow } = node.workflow;
      const { runs } = await client.listRuns({
        query: { environment, project, workflow, limit: RUNS_SHOWN },
      });
      return runs.map((run) => ({ kind: "run", run, runId: run.id }));
    }
    const [{ workflows }, warnings] = await Promise.all([
      client.listWorkflows({ query: { environment, limit: 1000 } }),
      // What an older service does not tell it cannot warn of.
      readWarnings(client, environment).catch(() => []),
    ]);
    const projects = groupBy(workflows, ({ project }) => project);
    return [
      ...warnings.map((warning): Node => ({ kind: "warning", ...warning })),
      ...[...projects].map(([name, those]): Node => ({ kind: "project", name, workflows: those })),
    ];
  }

  dispose(): void {
    this.#happened.stop();
    this.#subscription.dispose();
  }

  /** Steps are not shown, so what happens to them changes nothing here. */
  #note(event: LinkEvent): void {
    if (event?.kind !== "step") this.#happened.soon();
  }
}

function warningItem({ label, detail }: ServiceWarning): vscode.TreeItem {
  const item = new vscode.TreeItem(label);
  item.iconPath = new vscode.ThemeIcon("warning", new vscode.ThemeColor("list.warningForeground"));
  item.tooltip = detail;
  item.accessibilityInformation = { label: label === detail ? label : `${label}: ${detail}` };
  return item;
}

const ICONS: Readonly<Record<Look, { readonly icon: string; readonly colour: string }>> = {
  succeeded: { icon: "pass", colour: "testing.iconPassed" },
  failed: { icon: "error", colour: "testing.iconFailed" },
  running: { icon: "sync~spin", colour: "charts.blue" },
  waiting: { icon: "clock", colour: "descriptionForeground" },
  skipped: { icon: "circle-slash", colour: "descriptionForeground" },
};

function iconOf(status: string): vscode.ThemeIcon {
  const { icon, colour } = ICONS[lookOf(status)];
  return new vscode.ThemeIcon(icon, new vscode.ThemeColor(colour));
}

function folded(label: string, icon: string, state: vscode.TreeItemCollapsibleState): vscode.TreeItem {
  const item = new vscode.TreeItem(label, state);
  item.iconPath = new vscode.ThemeIcon(icon);
  return item;
}

function workflowItem({ workflow, lastRun, paused, pinned, description }: Workflow): vscode.TreeItem {
  const item = folded(workflow, "type-hierarchy", vscode.TreeItemCollapsibleState.Collapsed);
  if (lastRun !== null) item.iconPath = iconOf(lastRun.status);
  const state = paused !== null ? "paused" : lastRun === null ? "no runs" : spoken(lastRun.status);
  item.description = pinned === null ? state : `${state}, pinned`;
  const lines = [description, pinned === null ? null : pinText(pinned)].filter((line) => line !== null);
  if (lines.length > 0) item.tooltip = lines.join("\n");
  item.accessibilityInformation = {
    label: [`workflow ${workflow}, ${item.description}`, ...lines].join(", "),
  };
  item.contextValue = "workflow";
  return item;
}

/** What is pushed meanwhile has no effect, which nothing in the file shows. */
function pinText({ commit, by, reason }: NonNullable<Workflow["pinned"]>): string {
  return `${by} keeps its environment at ${commit.slice(0, 8)}, whatever is pushed: ${reason}`;
}

function runItem({ id, number, status, startedAt, endedAt, reason, actions }: Run): vscode.TreeItem {
  const item = new vscode.TreeItem(`#${number}`);
  item.id = id;
  item.iconPath = iconOf(status);
  const took = startedAt === null || endedAt === null ? "" : ` in ${durationText(endedAt - startedAt)}`;
  item.description = `${spoken(status)}${took}`;
  item.tooltip = reason ?? item.description;
  // A screen reader would be given the tooltip alone.
  const told = reason === null ? "" : `, ${reason}`;
  item.accessibilityInformation = { label: `run ${number}, ${item.description}${told}` };
  item.contextValue = `run ${actions.join(" ")}`;
  item.command = { command: "headwater.openRunPage", title: "Open Page of the Run", arguments: [id] };
  return item;
}
