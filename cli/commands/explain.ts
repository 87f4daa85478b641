import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { nearestName } from "@headwater/workflow";
import { type Context, type FormatOption, print, withFormat } from "../context.js";
import type { Style } from "../style.js";
import { renderTable } from "../table.js";
import { UsageError } from "../usage-error.js";

/** What `explain --format json` prints of a code. */
export interface Explanation {
  readonly code: string;
  /** Null where the code has none: that of an error of the service is its message. */
  readonly title: string | null;
  /** Markdown. */
  readonly text: string;
}

/** `headwater explain [code]`: what a finding or an error means and what to do, as docs/errors.md has it. */
export function addExplainCommand(program: Command, context: Context): void {
  withFormat(
    program
      .command("explain")
      .description("tell what the code of a finding or an error means, and what to do"),
  )
    .argument("[code]", "such as step-not-needed; default: list all of them")
    .action((code: string | undefined, { format }: FormatOption) => {
      const explanations = readExplanations();
      if (code === undefined) {
        const text = (): string =>
          renderTable(["CODE", "WHAT IT SAYS"], explanations.map(row), context.io.stdout.columns);
        print(context, explanations, { format, text });
        return;
      }
      const found = explanations.find((one) => one.code === code.trim().toLowerCase());
      if (found === undefined) throw unknownCode(code, explanations);
      print(context, found, { format, text: (one) => explained(one, context.style) });
    });
}

const DOCUMENT = join(import.meta.dirname, "../../../docs/errors.md");

function readExplanations(): readonly Explanation[] {
  const sections = readFileSync(DOCUMENT, "utf8").split(/^(?=##+ )/m);
  return sections.flatMap((section) => {
    const [, code, title = null, text = ""] =
      /^### `([a-z0-9-]+)`\n+(?:\*\*(.*)\*\*\n)?([^]*)$/.exec(section) ?? [];
    return code === undefined ? [] : [{ code, title, text: text.trim() }];
  });
}

function unknownCode(code: string, explanations: readonly Explanation[]): UsageError {
  const nearest = nearestName(
    code,
    explanations.map((one) => one.code),
  );
  const advice =
    nearest === null ? ". headwater explain alone lists all of them" : `. Did you mean "${nearest}"?`;
  return new UsageError(`Cannot explain "${code}": there is no such code${advice}`);
}

function row({ code, title, text }: Explanation): readonly string[] {
  return [code, title ?? firstSentence(text)];
}

function firstSentence(text: string): string {
  return plain(/^[^]*?[.:](?=\s|$)/.exec(text)?.[0] ?? text).replaceAll("\n", " ");
}

function explained({ code, title, text }: Explanation, style: Style): string {
  return `${style.bold(code)}${title === null ? "" : `: ${title}`}\n\n${plain(text)}\n`;
}

/** Without the addresses of links, which lead nowhere from a terminal. */
function plain(markdown: string): string {
  return markdown.replaceAll(/\[([^\]]+)\]\([^)\s]+\)/g, "$1");
}
