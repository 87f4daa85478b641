// Truncates the files of the projects that are named to it, and prints what is wrong with each: null, or the error.
import { yieldProcessor } from "#test/yield-processor.js";
import { truncatedProjects, truncateEverywhere } from "./truncated-files.js";

// Findings of what is cut off are answers, each of which a parser throws. Who cuts the one that fails anew gets its stack.
Error.stackTraceLimit = 0;
yieldProcessor();
const projects = truncatedProjects();
const problems = process.argv.slice(2).map((name) => [name, problemOf(name)]);
process.stdout.write(JSON.stringify(Object.fromEntries(problems)));

function problemOf(name: string): string | null {
  try {
    truncateEverywhere(projects.get(name) ?? new Map<string, string>());
    return null;
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}
