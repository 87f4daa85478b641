import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { jsonSchemaOf } from "@headwater/workflow";
import { EditorProcess } from "./editor-process.js";
import { generatedWorkflow } from "./generated-workflow.js";

/** A language server with a file of its own kind, as long as ours. */
export interface EditorContestant {
  readonly name: string;
  /** Edits; the slow get fewer. */
  readonly rounds: number;
  readonly start: () => EditorProcess;
  readonly languageId: string;
  readonly uri: string;
  readonly text: (lines: number) => string;
  /** A line that is wrong anywhere between two entries in the middle. */
  readonly stray: (round: number) => string;
  /** Before a line that begins so it is written. */
  readonly before: string;
}

const MODULES = join(import.meta.dirname, "..", "peers", "node_modules");

/** Those that are installed. */
export function editorPeers(): readonly EditorContestant[] {
  return [yamlServer(), actionsServer()].filter(({ script }) => existsSync(script));
}

function yamlServer(): EditorContestant & { readonly script: string } {
  const script = join(MODULES, "yaml-language-server", "bin", "yaml-language-server");
  const schema = join(mkdtempSync(join(tmpdir(), "headwater-bench-")), "schema.json");
  writeFileSync(schema, JSON.stringify(jsonSchemaOf("workflow")));
  const yaml = {
    validate: true,
    schemaStore: { enable: false },
    schemas: { [pathToFileURL(schema).href]: "*.workflow.yaml" },
  };
  return {
    script,
    name: "yaml-language-server 1.25.0 with our JSON Schema",
    rounds: 50,
    start: () => new EditorProcess(script, { yaml }),
    languageId: "yaml",
    uri: "file:///bench/one.workflow.yaml",
    text: (lines) => generatedWorkflow("one", lines),
    stray: (round) => `    stray_${round}: 1\n`,
    before: "    name: Step number",
  };
}

function actionsServer(): EditorContestant & { readonly script: string } {
  const script = join(MODULES, "@actions", "languageserver", "bin", "actions-languageserver");
  return {
    script,
    name: "@actions/languageserver 0.3.61 with a GitHub workflow",
    rounds: 6,
    start: () => new EditorProcess(script),
    languageId: "github-actions-workflow",
    uri: "file:///bench/.github/workflows/one.yml",
    text: githubWorkflow,
    stray: (round) => `    stray_${round}: 1\n`,
    before: "    runs-on: ubuntu-latest",
  };
}

/** As many lines of a workflow for GitHub Actions, with as many expressions. */
function githubWorkflow(lines: number): string {
  const written = ["name: one", "on:", "  push:", "  schedule:", '    - cron: "30 2 * * *"', "jobs:"];
  for (let job = 0; written.length < lines; job += 1) {
    written.push(
      `  job${job}:`,
      "    runs-on: ubuntu-latest",
      ...(job === 0
        ? []
        : [`    needs: [job${job - 1}]`, `    if: \${{ needs.job${job - 1}.result == 'success' }}`]),
      "    env:",
      "      DAY: ${{ github.run_id }}",
      "      LIMIT: ${{ github.run_number }}",
      "    steps:",
      "      - name: Load",
      "        run: |",
      "          set -e",
      '          python load.py --day "$DAY" --limit "$LIMIT"',
      "        env:",
      "          TOKEN: ${{ secrets.TOKEN }}",
    );
  }
  return `${written.join("\n")}\n`;
}
