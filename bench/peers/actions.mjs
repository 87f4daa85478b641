// @actions/workflow-parser on a GitHub workflow: parse and convert, as an editor or a check would. Findings would be another measurement.
import { register } from "node:module";
import { answerRounds } from "./rounds.mjs";

register("./json-modules.mjs", import.meta.url);
const { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } =
  await import("@actions/workflow-parser");
const texts = new Map();

await answerRounds({
  async parse(lines) {
    const content = texts.get(lines) ?? workflowText(lines);
    texts.set(lines, content);
    const { context, value } = parseWorkflow({ name: "bench.yml", content }, new NoOperationTraceWriter());
    const template = await convertWorkflowTemplate(context, value);
    const errors = [...context.errors.getErrors(), ...(template.errors ?? [])];
    if (errors.length > 0) throw new Error(errors[0].message ?? errors[0].Message);
  },
});

/** Jobs of scripts, actions and conditions, each after the one before, in at least so many lines. */
function workflowText(lines) {
  const written = ["name: bench", "on:", "  push:", "    branches: [main]", "jobs:"];
  for (let job = 0; written.length < lines; job += 1) written.push(...jobLines(job));
  return `${written.join("\n")}\n`;
}

function jobLines(job) {
  const after =
    job === 0 ? [] : [`    needs: [j${job - 1}]`, `    if: needs.j${job - 1}.result == 'success'`];
  return [
    `  j${job}:`,
    `    name: Job number ${job}`,
    ...after,
    "    runs-on: ubuntu-latest",
    "    timeout-minutes: 10",
    "    steps:",
    "      - uses: actions/checkout@v4",
    "        with:",
    "          ref: ${{ github.ref }}",
    "      - name: Load",
    "        run: |",
    "          set -e",
    '          echo "rows=$LIMIT"',
    '          python load.py --day "$DAY" --limit "$LIMIT"',
    "        env:",
    "          DAY: ${{ github.event.head_commit.timestamp }}",
    "          LIMIT: ${{ github.run_number }}",
  ];
}
