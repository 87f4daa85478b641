import { compileProject } from "@headwater/workflow";
import { HOSTILE_FILES } from "./hostile-files.js";

// Run with a small heap, where what needs too much memory ends the process.
let count = 0;
for (const text of Object.values(HOSTILE_FILES)) {
  const bytes = Buffer.from(text);
  compileProject({
    paths: ["a.workflow.yaml"],
    contentId: (path) => (path === "a.workflow.yaml" ? String(count) : undefined),
    read: (path) => (path === "a.workflow.yaml" ? bytes : undefined),
  });
  count += 1;
}
process.stdout.write(`${count} files\n`);
