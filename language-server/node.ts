import {
  createConnection,
  ProposedFeatures,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver/node";
import { serve } from "./connection.js";
import { platformTimer } from "./timer.js";
import { createDiskReader } from "./disk-reader.js";

// Over stdio, for any editor: `headwater-language-server --stdio`.
const connection = createConnection(
  ProposedFeatures.all,
  new StreamMessageReader(process.stdin),
  new StreamMessageWriter(process.stdout),
);
const encoder = new TextEncoder();
const decoder = new TextDecoder();

serve({
  connection,
  reader: createDiskReader(),
  encoding: { encode: (text) => encoder.encode(text), decode: (bytes) => decoder.decode(bytes) },
  timer: platformTimer(),
  docs: new URL("../../docs/errors.md", import.meta.url).href,
});
