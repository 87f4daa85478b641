/** A workflow of at least so many lines as people write them: scripts, queries, requests, each after the one before. */
export function generatedWorkflow(id: string, lines: number): string {
  const written = [
    `workflow: ${id}`,
    `description: Loads ${id} every night`,
    "labels: { tier: gold }",
    "triggers:",
    '  - schedule: "30 2 * * *"',
    "    timezone: Europe/Berlin",
    "params:",
    '  day: { type: date, default: "${{ run.scheduled_at.date() }}" }',
    "  limit:",
    "    type: int",
    "    default: 10",
    "steps:",
  ];
  for (let step = 0; written.length < lines; step += 1) written.push(...stepLines(step));
  return `${written.join("\n")}\n`;
}

/** A workflow of at least so many lines that are as short as they can be without being a list of one thing. */
export function shortLinedWorkflow(id: string, lines: number): string {
  const written = [`workflow: ${id}`, "steps:"];
  for (let step = 0; written.length < lines; step += 1) {
    const needs = step === 0 ? [] : [`  needs: s${step - 1}`];
    written.push(` s${step}:`, ...needs, "  env:", ...SHORT_ENV, "  run: |", ...SHORT_SCRIPT);
  }
  return `${written.join("\n")}\n`;
}

const SHORT_ENV = Array.from({ length: 9 }, (_entry, index) => `   A${index}: ${index}`);
const SHORT_SCRIPT = Array.from({ length: 8 }, (_line, index) => `   a=${index}`);

function stepLines(step: number): readonly string[] {
  const before = `s${step - 1}`;
  const needs = step === 0 ? [] : [`    needs: [${before}]`];
  const head = [`  s${step}:`, `    name: Step number ${step}`, ...needs];
  if (step % 3 === 0) return [...head, ...SCRIPT];
  return step % 3 === 1
    ? [...head, `    if: steps.${before}.outputs.rows > 0`, ...QUERY]
    : [...head, ...requestLines(step)];
}

const SCRIPT = [
  "    run: |",
  "      set -e",
  '      echo "rows=$LIMIT"',
  '      python load.py --day "$DAY" --limit "$LIMIT"',
  "    env:",
  "      DAY: ${{ params.day }}",
  "      LIMIT: ${{ params.limit }}",
  "    outputs: { rows: int, file: string }",
  "    retry: { errors: 2, delay: 2s }",
  "    timeout: 10m",
];

const QUERY = [
  "    sql:",
  "      connection: duckdb",
  "      query: |",
  "        select count(*) as rows",
  "        from events",
  "        where day = $day",
  "      params:",
  "        day: ${{ params.day }}",
];

function requestLines(step: number): readonly string[] {
  return [
    "    http:",
    `      url: https://example.com/hook/${step}`,
    "      headers:",
    "        Authorization: ${{ secrets.TOKEN }}",
    "      body:",
    '        day: "Day ${{ params.day }} of ${{ workflow.id }}"',
    "        run: ${{ run.id }}",
    "      expect: [200, 201]",
  ];
}
