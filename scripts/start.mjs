// `npm start`: the service with the example deployed and running. `npm start -- --once` ends with that run.
import { join } from "node:path";
import { loadMain } from "../cli/bin/load-main.js";
import { build, compilePackages, installPackages, requireGit, requireNode, root } from "./prepare.mjs";

requireNode();
await requireGit();
await installPackages();
await Promise.all([compilePackages(), build(["cli"])]);

// The example reads real data that ships in an npm package; its steps are allowed to see where.
process.env.VEGA_DATASETS ??= join(root, "node_modules", "vega-datasets", "data");
process.env.HEADWATER_STEP_ENV = [process.env.HEADWATER_STEP_ENV, "VEGA_DATASETS"].filter(Boolean).join(",");

const main = await loadMain();
process.exitCode = await main([
  "serve",
  "--example",
  join(root, "workflows-example"),
  ...process.argv.slice(2),
]);
