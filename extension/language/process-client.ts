import { LanguageClient, TransportKind } from "vscode-languageclient/node";
import type { CreateLanguageClient } from "./language-client.js";

/** The client of a language server that is a process, started from a file. */
export function processClient(module: string): CreateLanguageClient {
  const server = { module, transport: TransportKind.ipc };
  return (id, name, options) => new LanguageClient(id, name, server, options);
}
