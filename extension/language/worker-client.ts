import { LanguageClient } from "vscode-languageclient/browser";
import type { CreateLanguageClient } from "./language-client.js";

/** The client of a language server that is a worker, started from its source. */
export function workerClient(source: Uint8Array<ArrayBuffer>): CreateLanguageClient {
  const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(address);
  return (id, name, options) => new LanguageClient(id, name, worker, options);
}
