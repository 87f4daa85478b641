import * as vscode from "vscode";
import { plainText } from "./plain-text.js";

/** Says that something went wrong: in the words of whoever threw, which may be anybody's. */
export function showError(error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error);
  void vscode.window.showErrorMessage(named(reason));
}

/** Says that something is not as it should be; whether somebody wants what is offered. */
export async function showWarning(message: string, ...offers: readonly string[]): Promise<boolean> {
  return (await vscode.window.showWarningMessage(named(message), ...offers)) !== undefined;
}

/** Says what there is to know; whether somebody wants what is offered. */
export async function showInformation(message: string, ...offers: readonly string[]): Promise<boolean> {
  return (await vscode.window.showInformationMessage(named(message), ...offers)) !== undefined;
}

/** Whether somebody wants to do what cannot be taken back. */
export async function confirm(question: string, action: string, detail?: string): Promise<boolean> {
  const options = { modal: true, ...(detail === undefined ? {} : { detail: plainText(detail) }) };
  return (await vscode.window.showWarningMessage(plainText(question), options, action)) === action;
}

const BEGUN_MS = 5000;

/** Says for a moment what has begun. */
export function showBegun(message: string): void {
  vscode.window.setStatusBarMessage(`$(play) ${plainText(message)}`, BEGUN_MS);
}

function named(message: string): string {
  return `Headwater: ${plainText(message)}`;
}
