/** Half-open range of UTF-16 offsets into the text of one file. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

export type Severity = "error" | "warning" | "info";

/** A finding about one place in one file. Mends hang on `code`, never on the message text. */
export interface Diagnostic {
  /** A key of the table in `codes.ts`; each has a section in `docs/errors.md`. */
  readonly code: string;
  readonly severity: Severity;
  /** One sentence or two: what is wrong and what to do, values quoted, no final period needed after a suggestion. */
  readonly message: string;
  /** Path inside the repository, with `/`. */
  readonly file: string;
  readonly range: TextRange;
  readonly related?: readonly RelatedPlace[];
  /** Machine-readable facts for mends, such as the nearest known key. */
  readonly data?: Readonly<Record<string, string>>;
  /** An edit that mends it, where there is one that an author would nearly always want. */
  readonly fix?: Fix;
}

/** Edits that together mend a finding. */
export interface Fix {
  /** What they do, as an offer: `Add "extract" to "needs"`. */
  readonly title: string;
  /** None overlaps another. */
  readonly edits: readonly TextEdit[];
}

export interface TextEdit {
  /** Absent: the file of the finding. */
  readonly file?: string;
  readonly range: TextRange;
  readonly newText: string;
}

export interface RelatedPlace {
  readonly message: string;
  readonly file: string;
  readonly range: TextRange;
}
