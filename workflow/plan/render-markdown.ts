import { describePlan, type PlanContext } from "./describe-plan.js";
import type { OutlineLine, OutlineSection, Span } from "./outline.js";
import type { Plan } from "./plan.js";
import { visibleLine } from "../diagnostics/visible-text.js";

export interface MarkdownOptions {
  /** Characters at most, at least 1,000. Default 60,000: a comment on GitHub may have 65,536. */
  readonly sizeMax?: number;
}

/**
 * A plan as GitHub-flavoured Markdown, for a comment on a pull request. What files say stands in code spans, so it makes no
 * link, mentions nobody and is no markup. Sections that have no room are counted.
 */
export function renderPlanMarkdown(plan: Plan, context: PlanContext, options: MarkdownOptions = {}): string {
  const shown: string[] = [];
  let room = (options.sizeMax ?? 60_000) - CLOSING_LENGTH_MAX;
  let left = 0;
  for (const [index, section] of describePlan(plan, context).entries()) {
    const text = sectionText(section, index === 0 ? { level: 3, room } : { level: 4, room: Infinity });
    // A small section after one that has no room may have some.
    if (text.length > room) left += 1;
    else {
      shown.push(text);
      room -= text.length + 1;
    }
  }
  return shown.join("\n") + (left === 0 ? "" : `\n*No room here for ${left} more sections.*\n`);
}

const CLOSING_LENGTH_MAX = 100;

/** As many lines as there is room for. */
function sectionText(
  { heading, lines }: OutlineSection,
  { level, room }: { readonly level: number; readonly room: number },
): string {
  let text = `${"#".repeat(level)} ${spansText(heading)}\n${lines.length === 0 ? "" : "\n"}`;
  for (const line of lines) {
    const item = `${"  ".repeat(line.depth)}- ${spansText(line)}\n`;
    if (text.length + item.length > room) break;
    text += item;
  }
  return text;
}

const WORDS = { "+": "**+** ", "-": "**−** ", "~": "" } as const;

function spansText({ mark, spans }: OutlineLine): string {
  return (mark === null ? "" : WORDS[mark]) + spans.map(spanText).join("").trimEnd();
}

function spanText(span: Span): string {
  return typeof span === "string" ? span : codeSpan(visibleLine(span.code));
}

/** Fenced by more backticks than the text has in a row (https://spec.commonmark.org/0.31.2/#code-spans). */
function codeSpan(text: string): string {
  const runs = text.match(/`+/g) ?? [];
  const fence = "`".repeat(1 + runs.reduce((most, run) => Math.max(most, run.length), 0));
  // An empty code span is none, and a text that begins or ends with a backtick would be read as part of the fence.
  const padding = text === "" || /^`|`$|^ .* $/.test(text) ? " " : "";
  return text.trim() === "" ? "*empty*" : `${fence}${padding}${text}${padding}${fence}`;
}
