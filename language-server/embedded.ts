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
  reader: parent === null ? createClientReader(connection) : createLateDiskReader(),
  encoding: { encode: (text) => encoder.encode(text), decode: (bytes) => decoder.decode(bytes) },
  timer: platformTimer(),
  docs: null,
});

/** Loaded where there is a disk, and nowhere else. */
function createLateDiskReader(): WorkspaceReader {
  const disk = import("./disk-reader.js").then(({ createDiskReader }) => createDiskReader());
  return {
    list: async (folder) => (await disk).list(folder),
    read: async (uri) => (await disk).read(uri),
  };
}
