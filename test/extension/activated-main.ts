import { standIn, standInForVscode } from "./vscode-stand-in.js";

// In a process of its own: activates the extension as VS Code does where there is Node.js, and writes which modules it loads, one a line;
// an empty one stands where it is active. Ends when the client of the language server is loaded.
const [, , bundle = ""] = process.argv;
const load = standInForVscode((name) => {
  process.stdout.write(`${name}\n`);
  if (name.endsWith("/process-client.js")) process.exit();
});
load(bundle).activate(standIn("context"));
process.stdout.write("\n");
