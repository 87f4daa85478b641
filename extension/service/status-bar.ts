import * as vscode from "vscode";
import type { LinkState, ServiceLink } from "./service-link.js";

/** A word in the status bar on how it stands with the service; nothing where the workspace names none. */
export function createStatusBar(link: ServiceLink): vscode.Disposable {
  const item = vscode.window.createStatusBarItem("headwater.service", vscode.StatusBarAlignment.Left);
  item.name = "Headwater service";
  const show = (state: LinkState): void => {
    if (state.kind === "none") return item.hide();
    const { text, command } = wordsOf(state);
    item.text = text;
    item.tooltip = state.kind === "lost" ? state.message : `Headwater at ${state.url}`;
    // Of a picture a screen reader says nothing.
    item.accessibilityInformation = { label: `Headwater: ${spokenOf(state)}`, role: "button" };
    item.command = command;
    item.show();
  };
  const subscription = link.onDidChangeState(show);
  show(link.state);
  return vscode.Disposable.from(item, subscription);
}

function wordsOf(state: Exclude<LinkState, { kind: "none" }>): {
  readonly text: string;
  readonly command: string;
} {
  switch (state.kind) {
    case "connecting":
      return { text: "$(sync~spin) Headwater", command: "headwater.reconnect" };
    case "connected":
      return { text: "$(pulse) Headwater", command: "headwater.runs.focus" };
    case "lost":
      return state.code === "unauthorized"
        ? { text: "$(key) Headwater: sign in", command: "headwater.signIn" }
        : { text: "$(debug-disconnect) Headwater: not reached", command: "headwater.reconnect" };
  }
}

function spokenOf(state: Exclude<LinkState, { kind: "none" }>): string {
  switch (state.kind) {
    case "connecting":
      return `connecting to ${state.url}`;
    case "connected":
      return `connected to ${state.url}`;
    case "lost":
      return state.message;
  }
}
