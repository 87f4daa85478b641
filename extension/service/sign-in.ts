import * as vscode from "vscode";
import { showWarning } from "../messages.js";
import { plainText } from "../plain-text.js";
import type { ServiceLink } from "./service-link.js";

/** The commands by which somebody says who they are to the service. */
export function registerSignIn(link: ServiceLink): readonly vscode.Disposable[] {
  return [
    vscode.commands.registerCommand("headwater.signIn", () => signIn(link)),
    vscode.commands.registerCommand("headwater.signOut", () => link.signIn(null)),
    vscode.commands.registerCommand("headwater.reconnect", () => link.connect()),
  ];
}

async function signIn(link: ServiceLink): Promise<void> {
  if (!vscode.workspace.isTrusted) return askForTrust();
  if (link.state.kind === "none" && !(await askForUrl())) return;
  const url = vscode.workspace.getConfiguration("headwater").get("service.url", "");
  const token = await vscode.window.showInputBox({
    title: "Sign in to Headwater",
    prompt: `The HEADWATER_TOKEN of ${plainText(url)}. It is kept in the secret storage of this editor`,
    password: true,
    ignoreFocusOut: true,
    validateInput: (text) => (/^\S*$/.test(text) ? null : "A token has no white space"),
  });
  if (token !== undefined) await link.signIn(token === "" ? null : token);
}

/** The address comes from the workspace, and the token would go there. */
async function askForTrust(): Promise<void> {
  const action = "Manage Workspace Trust";
  const message =
    "trust this workspace first; no service is asked before, for the workspace says which one, and your token would be sent there";
  if (await showWarning(message, action)) await vscode.commands.executeCommand("workbench.trust.manage");
}

/** False when nothing was said. */
async function askForUrl(): Promise<boolean> {
  const url = await vscode.window.showInputBox({
    title: "The service of this workspace",
    prompt: "Its address, which is kept in the settings of the workspace",
    value: "http://127.0.0.1:7474",
    ignoreFocusOut: true,
    validateInput: (text) =>
      /^https?:\/\/./.test(text) ? null : "An address begins with http:// or https://",
  });
  if (url === undefined) return false;
  const settings = vscode.workspace.getConfiguration("headwater");
  await settings.update("service.url", url, vscode.ConfigurationTarget.Workspace);
  return true;
}
