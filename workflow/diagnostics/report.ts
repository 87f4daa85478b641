import { CODES, type DiagnosticCode } from "./codes.js";
import { writeInstead } from "./nearest-name.js";
import type { Diagnostic, Fix, RelatedPlace, TextRange } from "./diagnostic.js";

/** A finding before it knows its file and its severity. */
export interface Finding {
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly range: TextRange;
  /** Only when the place is in another file than the one reported on. */
  readonly file?: string;
  readonly related?: readonly RelatedPlace[];
  readonly data?: Readonly<Record<string, string>>;
  readonly fix?: Fix;
}

/** Takes a finding; whoever reads or checks a file is given one. */
export type Report = (finding: Finding) => void;

/** More findings than a person reads: what comes after is dropped, so a hostile file cannot fill the memory. */
const FINDINGS_PER_FILE_MAX = 500;

/** Longer than any sentence of ours, unless it quotes something absurd. */
const MESSAGE_LENGTH_MAX = 1000;

function shortened(text: string): string {
  return text.length > MESSAGE_LENGTH_MAX ? `${text.slice(0, MESSAGE_LENGTH_MAX - 1)}…` : text;
}

/** Where the value stands, or would stand behind it: after a blank as well. */
function placesOf({ start, end }: TextRange): readonly number[] {
  return [start, end, end + 1];
}

/** Of these nothing is known but that there was something. */
const UNREAD: ReadonlySet<string> = new Set<DiagnosticCode>(["yaml-alias", "yaml-tag"]);

/** A report that collects the findings of one file, each place and code once. */
export function collectFindings(file: string): {
  readonly report: Report;
  readonly diagnostics: readonly Diagnostic[];
} {
  const diagnostics: Diagnostic[] = [];
  const seen = new Set<string>();
  /** Places of values that YAML cannot read: what is said of them already is their cause. */
  const unread = new Set<number>();
  function report(finding: Finding): void {
    if (diagnostics.length >= FINDINGS_PER_FILE_MAX) return;
    if (UNREAD.has(finding.code)) for (const place of placesOf(finding.range)) unread.add(place);
    else if (finding.code === "wrong-type" && unread.has(finding.range.start)) return;
    const place = finding.file ?? file;
    const message = shortened(finding.message);
    const identity = `${place} ${finding.range.start} ${finding.range.end} ${finding.code} ${message}`;
    if (seen.has(identity)) return;
    seen.add(identity);
    const { severity } = CODES[finding.code];
    diagnostics.push({ severity, file, ...mendOf(finding), ...finding, message });
  }
  return { report, diagnostics };
}

/** A nearest name that stands in the data is an offer to write it where the finding is. */
function mendOf({ data, range, fix }: Finding): { readonly fix?: Fix } {
  const nearest = data?.["nearest"];
  if (nearest === undefined || fix !== undefined || range.start === range.end) return {};
  return { fix: writeInstead(nearest, range).fix };
}

/**
 * A report for a text that ceases to be what its author meant at a place: only of what stands before, and nothing of what is
 * missing, which may stand behind. With null, the report itself.
 */
export function reportUpTo(place: number | null, text: string, report: Report): Report {
  if (place === null) return report;
  const lastEnd = text.slice(0, place).trimEnd().length;
  return (finding) => {
    const { start, end } = finding.range;
    const isNothing = start === end && start >= lastEnd;
    if (end <= place && !isNothing && finding.code !== "missing-key") report(finding);
  };
}

/** By file, then by place: the order in which a person reads. */
export function byPlace(a: Diagnostic, b: Diagnostic): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.range.start - b.range.start || a.range.end - b.range.end || (a.code < b.code ? -1 : 1);
}
