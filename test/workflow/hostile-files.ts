/** An eighth of what one file may have, so that all of them together are tried in seconds. */
const BYTES = 32 * 1024;

const HEAD = "workflow: a\nsteps:\n";

/** Files that are made to cost time, memory or the stack, each large, by what they hold. */
export const HOSTILE_FILES: Readonly<Record<string, string>> = {
  ...ofSigns(),
  ...ofYaml(),
  ...ofWorkflows(),
  ...ofExpressions(),
};

function filled(head: string, piece: (index: number) => string): string {
  const pieces = [head];
  let length = head.length;
  for (let index = 0; ; index += 1) {
    const next = piece(index);
    if (length + next.length > BYTES) return pieces.join("");
    pieces.push(next);
    length += next.length;
  }
}

/** One sign, or two, again and again. */
function ofSigns(): Record<string, string> {
  const signs = [
    ..."[ ] { } , : ? - # & * ! | > ' \" % @ ` ~ \\ / $ ( ) . = < é 😀".split(" "),
    ..."- ,? ,: ,a,&a ,*a ,!a ,!!str ,[],{},[a: ,{a: ,- - ,'' ,\"\" ,\\n,\n,\r\n,\r,\t,\n\t,\n- ,\n? ,\n: ,\n#,\n---\n,\n...\n".split(
      ",",
    ),
    ..."\n%TAG ! a\n|\n%YAML 1.2\n|: |a: |a: [|a: {|- a: |a: b: |&a [|- |-|&a\n|!a\n|&a !b |\n- [|\n a:|\u0000|\ufeff|\u2028|\u00a0|\u200b".split(
      "|",
    ),
    "\n- |\n",
    "\n>+\n\n",
  ];
  return Object.fromEntries(signs.map((sign) => [`only ${JSON.stringify(sign)}`, filled("", () => sign)]));
}

function ofYaml(): Record<string, string> {
  return {
    "a map of very many keys": filled("", (index) => `k${index}: 1\n`),
    "one key very many times": filled("", () => "key: 1\n"),
    "very many keys in one flow map": `{${filled("", (index) => `k${index}: 1, `)}}`,
    "a block that is nested at each line": filled("", (index) => `${" ".repeat(index)}a:\n`),
    "lists nested at each line": filled("", (index) => `${" ".repeat(index)}-\n`),
    "a scalar of very many lines": `a: ${filled("", () => "x\n  ")}`,
    "a quoted scalar that never ends": filled('a: "', () => "x\n "),
    "a quoted scalar of escapes": `a: "${filled("", () => "\\u0041").slice(0, -8)}"`,
    "a block of blank lines": filled("a: |\n", () => "\n"),
    "a folded block of indented lines": filled("a: >\n", (index) => `${" ".repeat(1 + (index % 7))}x\n`),
    "very many anchors": filled("", (index) => `a${index}: &a${index} b\n`),
    "very many aliases of one scalar": filled("a: &a b\nb:\n", () => " - *a\n"),
    "aliases of aliases": bomb(),
    "aliases of a long text": filled(
      `${HEAD}  a: { run: &a "${"x".repeat(20_000)}" }\n`,
      (index) => `  s${index}: { run: *a }\n`,
    ),
    "anchors that nest by aliases": filled(
      "a0: &a0 [x]\n",
      (index) => `a${index + 1}: &a${index + 1} [*a${index}]\n`,
    ),
    "keys that are maps": filled("", (index) => `{a: ${index}}: b\n`),
    "one long line": `workflow: ${"a".repeat(BYTES - 10)}`,
    "one line of 10 MB": `workflow: ${"a".repeat(10_000_000)}`,
  };
}

function bomb(): string {
  const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"];
  for (let level = 1; level < 9; level += 1) {
    const alias = `*a${level - 1}`;
    lines.push(`a${level}: &a${level} [${Array.from({ length: 9 }, () => alias).join(", ")}]`);
  }
  return `${lines.join("\n")}\n`;
}

function ofWorkflows(): Record<string, string> {
  const ids = Array.from({ length: 999 }, (_step, index) => `s${index}`);
  return {
    "very many unknown keys": filled(HEAD, (index) => `  s${index}: { nops: {} }\n`),
    "very many steps": filled(HEAD, (index) => `  s${index}: { noop: {} }\n`),
    "a thousand steps that each need the one before":
      HEAD + ids.map((id, index) => `  ${id}: { needs: s${index - 1}, noop: {} }\n`).join(""),
    "steps that need each other all": filled(
      HEAD,
      (index) => `  s${index}: { needs: [${ids.slice(0, 200).join(", ")}], noop: {} }\n`,
    ),
    "loops in loops": filled(
      HEAD,
      (index) =>
        `${"  ".repeat(index + 1)}s${index}:\n${"  ".repeat(index + 2)}foreach: { x: [1] }\n${"  ".repeat(index + 2)}steps:\n`,
    ),
    "names that are nearly known": filled(
      `${HEAD}  a: { noop: {} }\n`,
      (index) => `  s${index}: { needs: [${"ab".repeat(45)}${index}], noop: {} }\n`,
    ),
    "very many params": filled("workflow: a\nparams:\n", (index) => `  p${index}: { type: int }\n`),
    "very many triggers": filled("workflow: a\ntriggers:\n", () => `  - schedule: "* * * * *"\n`),
    "schedules that never fire": filled(
      "workflow: a\ntriggers:\n",
      (index) => `  - { schedule: "0 0 31 2 ${index % 7}" }\n`,
    ),
    "types in types": `${HEAD}  a: { noop: {}, outputs: { x: "${"list<".repeat(10_000)}int" } }\n`,
    "very long ids": filled(HEAD, (index) => `  ${"x".repeat(1000)}${index}: { noop: {} }\n`),
    "keys of objects": `${HEAD}  __proto__: { noop: {} }\n  constructor: { noop: {}, env: { __proto__: x } }\n  toString: { run: x, env: { hasOwnProperty: y } }\n`,
  };
}

function ofExpressions(): Record<string, string> {
  const value = (index: number, source: string): string => `  s${index}: { noop: {}, if: '${source}' }\n`;
  return {
    "very many expressions": filled(HEAD, (index) => value(index, `params.p${index} == ${index}`)),
    "expressions that are not closed": `${HEAD}  a: { run: x, env: { A: "${filled("", () => "${{ ").slice(0, -100)}" } }\n`,
    "empty expressions": `${HEAD}  a: { run: x, env: { A: "${filled("", () => "${{}}").slice(0, -100)}" } }\n`,
    "braces in an expression": `${HEAD}  a: { run: x, env: { A: "\${{ ${filled("", () => "{").slice(0, -100)}" } }\n`,
    "brackets in expressions": filled(HEAD, (index) =>
      value(index, `${"(".repeat(4000)}1${")".repeat(4000)}`),
    ),
    "sums in expressions": filled(HEAD, (index) => value(index, `${"1 + ".repeat(2000)}1 > 0`)),
    "signs in expressions": filled(HEAD, (index) => value(index, "!".repeat(5000))),
    "loops in expressions": filled(HEAD, (index) =>
      value(index, `${"[1].exists(x, ".repeat(100)}true${")".repeat(100)}`),
    ),
    "unknown names in one expression": filled(HEAD, (index) => value(index, "nme + ".repeat(1500))),
    "expressions in scripts": filled(`${HEAD}  a:\n    run: |\n`, () => "      ${{ params.x }}\n"),
    "an expression that is too long": `${HEAD}  a: { noop: {}, if: '${"a".repeat(50_000)}' }\n`,
  };
}
