import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { markedProject } from "../marked-project.js";

/** The signature that is shown, with its parameter in brackets. */
function shownAt(condition: string): string {
  const { service, uri, position } = markedProject(
    `workflow: a\nparams: { tags: { type: list<string> } }\nsteps:\n  b:\n    run: x\n    if: ${condition}\n`,
  );
  const help = service.signatureHelp(uri, position);
  const active = help?.signatures[help.activeSignature ?? 0];
  const parameter = active?.parameters?.[help?.activeParameter ?? 0]?.label;
  if (active === undefined) return "";
  if (!Array.isArray(parameter)) return active.label;
  const [start, end] = parameter;
  return `${active.label.slice(0, start)}[${active.label.slice(start, end)}]${active.label.slice(end)}`;
}

const CASES: readonly (readonly [condition: string, shown: string])[] = [
  ["size(|", "size([string]): int"],
  ["days_between(|", "days_between([string], string): int"],
  ['days_between("a", |', "days_between(string, [string]): int"],
  ['date_range("a", "b", |', "date_range(string, string, [int]): list<string>"],
  ["params.tags.exists(|", "list.exists([name], bool): bool"],
  ["params.tags.exists(tag, |", "list.exists(name, [bool]): bool"],
  ['params.tags.exists(tag, tag.startsWith(|"', "string.startsWith([string]): bool"],
  ['params.tags.exists(tag, tag.startsWith("a") && |', "list.exists(name, [bool]): bool"],
  ['run.id.contains("(", |', "string.contains(string): bool"],
  ["(1 + |", ""],
  ["size(run.id) > |", ""],
  ["unknown(|", ""],
  ["${{ size(| }}", "size([string]): int"],
];

describe("signatureHelpAt()", () => {
  for (const [condition, shown] of CASES) {
    it(`shows ${JSON.stringify(shown)} at ${JSON.stringify(condition)}`, () =>
      assert.equal(shownAt(condition), shown));
  }
});
