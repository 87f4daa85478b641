import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { collectFindings } from "../diagnostics/report.js";
import { layoutOf } from "../syntax/layout.js";
import { parseYamlFile, parseYamlText } from "../syntax/parse-yaml.js";
import type { SyntaxNode } from "../syntax/syntax-node.js";
import { printLayout } from "./print-layout.js";

/** A formatted text, or why there is none: the YAML has errors, or (an empty list) formatting would have changed what it says. */
export type Formatted =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

const BYTE_ORDER_MARK = "\uFEFF";

/**
 * A YAML file with its white space in order: indented by 2, one space where one belongs, at most one blank line, one style of
 * quotes where they need no escapes. Everything else stays: comments, the order of keys, where lines break, flow and block
 * style, a byte order mark, and the line ends that its first line has. Formatting twice is formatting once.
 */
export function formatYaml(file: string, bytes: Uint8Array): Formatted {
  const { report, diagnostics } = collectFindings(file);
  const { text, root } = parseYamlFile(bytes, report);
  if (diagnostics.length > 0) return { ok: false, diagnostics };
  const mark = text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : "";
  const lineEnd = /^[^\n]*\r\n/.test(text) ? "\r\n" : "\n";
  const source = text.slice(mark.length).replaceAll("\r\n", "\n");
  const formatted = printLayout(layoutOf(source));
  if (!isSame(root, source, formatted)) return { ok: false, diagnostics: [] };
  return { ok: true, text: mark + formatted.replaceAll("\n", lineEnd) };
}

/** The last guard: the same values and the same comments, as the parser reads them, or the file is left alone. */
function isSame(root: SyntaxNode | null, source: string, formatted: string): boolean {
  const { report, diagnostics } = collectFindings("");
  const { root: after } = parseYamlText(formatted, report);
  return diagnostics.length === 0 && isSameNode(root, after) && commentsOf(source) === commentsOf(formatted);
}

function isSameNode(one: SyntaxNode | null, other: SyntaxNode | null): boolean {
  if (one === null || other === null) return one === other;
  if (one.kind === "scalar") {
    return other.kind === "scalar" && Object.is(one.value, other.value) && one.text === other.text;
  }
  const inner = partsOf(one);
  const others = partsOf(other);
  return (
    one.kind === other.kind &&
    inner.length === others.length &&
    inner.every(({ key, value }, index) => {
      const part = others[index];
      return part?.key === key && isSameNode(value, part.value);
    })
  );
}

/** The items of a list are parts without a key. */
function partsOf(node: SyntaxNode): readonly { readonly key: string | null; readonly value: SyntaxNode }[] {
  if (node.kind === "map") return node.entries;
  return node.kind === "list" ? node.items.map((value) => ({ key: null, value })) : [];
}

function commentsOf(text: string): string {
  const comments = layoutOf(text).filter(({ kind }) => kind === "comment");
  return comments.map((comment) => comment.text.trimEnd()).join("\n");
}
