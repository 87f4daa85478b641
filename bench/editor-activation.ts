import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { EDITIONS, hasEdition, startEditorServer, type Edition } from "#test/extension/editor-server.js";
import { Workbench } from "#test/extension/workbench.js";
import { PROJECT } from "#test/extension/workspace.js";

/** How long it takes until the extension is there, milliseconds. */
export interface Activation {
  /** Its code is read and run, and its `activate` called. */
  readonly wallMs: number;
  /** Of the processor; null where others are in the process. */
  readonly cpuMs: number | null;
}

/** In a process of its own: `main`, for Node.js, before a stand-in of `vscode` that does nothing. */
export function activateInNode(bundle: string): Activation {
  const script = join(import.meta.dirname, "activation-measured.js");
  return JSON.parse(execFileSync(process.execPath, [script, bundle], { encoding: "utf8" })) as Activation;
}

/** The editions of VS Code that are installed. */
export function installedEditions(): readonly Edition[] {
  return (Object.keys(EDITIONS) as Edition[]).filter(hasEdition);
}

/** `browser`, in the worker of a real workbench with nothing in its cache, as its "Show Running Extensions" tells it. */
export async function activateInWorkbench(browser: Browser, edition: Edition): Promise<Activation> {
  const server = await startEditorServer({ edition, files: PROJECT });
  const workbench = await Workbench.open(browser, server, edition);
  await workbench.openFile("revenue.workflow.yaml");
  await workbench.line(/schedule:.*next/).waitFor();
  await workbench.run("Developer: Show Running Extensions");
  const row = workbench.page.locator(".runtime-extensions-editor .monaco-list-row", { hasText: "Headwater" });
  const told = await row.first().innerText();
  await workbench.close();
  await server.close();
  return { wallMs: Number(/Activation: (\d+) ?ms/.exec(told)?.[1]), cpuMs: null };
}
