import { BrowserMessageReader, BrowserMessageWriter, createConnection } from "vscode-languageserver/browser";
import { createClientReader } from "./client-reader.js";
import { serve } from "./connection.js";
import { platformTimer } from "./timer.js";

// In a Web Worker: the client reads the files.
const connection = createConnection(new BrowserMessageReader(self), new BrowserMessageWriter(self));
const encoder = new TextEncoder();
const decoder = new TextDecoder();

serve({
  connection,
  reader: createClientReader(connection),
  encoding: { encode: (text) => encoder.encode(text), decode: (bytes) => decoder.decode(bytes) },
  timer: platformTimer(),
  docs: null,
});
