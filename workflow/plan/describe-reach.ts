import { counted } from "../diagnostics/counted.js";
import { code, line, listed, type OutlineLine, type OutlineSection } from "./outline.js";
import type { ReachChange } from "./reach.js";

const CHANGES_SHOWN_MAX = 50;
const WORKFLOWS_SHOWN_MAX = 5;

/** What workflows reach that they did not before, and the other way round; no section where that is nothing. */
export function reachSection(changes: readonly ReachChange[]): readonly OutlineSection[] {
  if (changes.length === 0) return [];
  const count = (kind: ReachChange["change"]): number =>
    changes.filter(({ change }) => change === kind).length;
  const left = changes.length - CHANGES_SHOWN_MAX;
  const lines = changes.slice(0, CHANGES_SHOWN_MAX).map(describeReach);
  return [
    {
      heading: line(0, `Reach: ${count("gained")} gained, ${count("lost")} lost`),
      lines: left > 0 ? [...lines, line(0, `and ${left} more`)] : lines,
    },
  ];
}

function describeReach({ kind, name, change, workflows, isOfProject }: ReachChange): OutlineLine {
  const shown = workflows.slice(0, WORKFLOWS_SHOWN_MAX);
  const left = workflows.length - shown.length;
  const isGained = change === "gained";
  return {
    depth: 0,
    mark: isGained ? "+" : "-",
    spans: [
      `${kind} `,
      code(name),
      ...(isOfProject
        ? [isGained ? ", for the first time in the project" : ", the last use in the project"]
        : []),
      ": ",
      ...listed(shown),
      ...(left > 0 ? [` and ${counted(left, "more workflow")}`] : []),
    ],
  };
}
