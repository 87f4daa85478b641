import { canonicalUri } from "@headwater/language-server";
import type { Connection } from "vscode-languageserver";
import type { WorkspaceReader } from "./workspace-reader.js";

/** Requests to a client whose files only it can read, such as VS Code in a browser. Content is base64. */
export const LIST_FILES = "headwater/listFiles";
export const READ_FILE = "headwater/readFile";

/** Reads through the client. */
export function createClientReader(connection: Connection): WorkspaceReader {
  return {
    async list(folder) {
      const found: unknown = await connection.sendRequest(LIST_FILES, { folder });
      return Array.isArray(found) ? found.filter((uri) => typeof uri === "string").map(canonicalUri) : [];
    },
    async read(uri) {
      const content: unknown = await connection.sendRequest(READ_FILE, { uri });
      return typeof content === "string" ? fromBase64(content) : null;
    },
  };
}

function fromBase64(content: string): Uint8Array {
  return Uint8Array.from(atob(content), (character) => character.charCodeAt(0));
}
