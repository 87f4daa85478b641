/** Words of ours, or what somebody wrote into a file, which may be hostile. */
export type Span = string | { readonly code: string };

/** Words of a plan before they are text or Markdown. */
export interface OutlineLine {
  /** How far in, from 0. */
  readonly depth: number;
  readonly mark: Mark | null;
  readonly spans: readonly Span[];
}

export type Mark = "+" | "-" | "~";

/** How a change is marked. */
export const MARKS = { added: "+", removed: "-", changed: "~", renamed: "~" } as const;

/** A heading and what stands under it. */
export interface OutlineSection {
  readonly heading: OutlineLine;
  readonly lines: readonly OutlineLine[];
}

/** What somebody else wrote, of bounded length: nobody reads more of it in a list. */
export function code(text: string): Span {
  return { code: text.length > CODE_LENGTH_MAX ? `${text.slice(0, CODE_LENGTH_MAX)}…` : text };
}

const CODE_LENGTH_MAX = 300;

/** A line without a mark. */
export function line(depth: number, ...spans: readonly Span[]): OutlineLine {
  return { depth, mark: null, spans };
}

/** Several of somebody else's words, with commas between. */
export function listed(texts: readonly string[]): readonly Span[] {
  return texts.flatMap((text, index): readonly Span[] => (index === 0 ? [code(text)] : [", ", code(text)]));
}
