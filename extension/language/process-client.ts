import { LanguageClient, TransportKind } from "vscode-languageclient/node";
import type { CreateLanguageClient } from "./language-client.js";

/**
 * The client of a language server that is a process, started from a file. `compiled` is a folder in which a newer Node.js keeps what it has
 * compiled of it, to start quicker the next time.
 */
export function processClient(module: string, compiled: string): CreateLanguageClient {
  const options = { env: { NODE_COMPILE_CACHE: compiled } };
  const server = { module, transport: TransportKind.ipc, options };
  return (id, name, options) => new LanguageClient(id, name, server, options);
}
