import { BrowserMessageReader, BrowserMessageWriter, createConnection } from "vscode-languageserver/browser";
import { createClientReader } from "./client-reader.js";
import { serve } from "./connection.js";
import { openParentPort } from "./parent-port.js";
import { platformTimer } from "./timer.js";
import type { WorkspaceReader } from "./workspace-reader.js";

// As the extension starts it, one file everywhere, since two of them would be two thirds of what is downloaded: in a Web Worker, where the
// client reads the files, or in a process of Node.js that talks with its parent, and reads the disk itself.
const parent = openParentPort();
const port = parent ?? self;
const connection = createConnection(new BrowserMessageReader(port), new BrowserMessageWriter(port));
if (parent !== null) connection.onExit(() => process.exit());
const encoder = new TextEncoder();
const decoder = new TextDecoder();

serve({
  connection,
  reader: parent === null ? createClientReader(connection) : createReaderByAddress(),
  encoding: { encode: (text) => encoder.encode(text), decode: (bytes) => decoder.decode(bytes) },
  timer: platformTimer(),
  docs: null,
});

/** The disk is read here; what the editor has elsewhere, such as on GitHub, only the editor can read. */
function createReaderByAddress(): WorkspaceReader {
  const client = createClientReader(connection);
  // Loaded where there is a disk, and nowhere else.
  const disk = import("./disk-reader.js").then(({ createDiskReader }) => createDiskReader());
  const of = async (uri: string): Promise<WorkspaceReader> => (uri.startsWith("file:") ? disk : client);
  return {
    list: async (folder) => (await of(folder)).list(folder),
    read: async (uri) => (await of(uri)).read(uri),
  };
}
