/** How far `tree-of-lines.ts` has read a text, line by line. */
export interface LineCursor {
  /** It ends with a line feed, which the file itself may lack. */
  readonly text: string;
  /** Of the text as the file has it. */
  readonly length: number;
  /** The unit to be read next: after a line was left, the first of the next line that holds more than blanks and a comment. */
  at: number;
  /** The column of the first unit of the line that was come to last; -1 where no line is left. */
  indent: number;
  /** Where the value ends that was read last. */
  end: number;
  /** Collections around it. */
  depth: number;
  /** Set once and for good: the text holds something that is for another reader. All that is read from then on means nothing. */
  isDeclined: boolean;
}

export const SPACE = 0x20;
export const LINE_FEED = 0x0a;
export const HASH = 0x23;
export const COLON = 0x3a;
export const TAB = 0x09;

/** Goes on to the first unit of the next line that holds more than blanks and a comment; `from` is where a line begins. */
export function toNextLine(cursor: LineCursor, from: number): void {
  const { text } = cursor;
  let lineStart = from;
  for (;;) {
    let at = skipSpaces(text, lineStart);
    const unit = text.charCodeAt(at);
    if (unit === HASH) at = lineEnd(text, at);
    else if (unit !== LINE_FEED) {
      cursor.at = at;
      cursor.indent = at < text.length ? at - lineStart : -1;
      return;
    }
    lineStart = at + 1;
  }
}

/** Goes on to the next line from where a value ends, after which only blanks and a comment may stand. */
export function leaveLine(cursor: LineCursor, from: number): void {
  const at = skipSpaces(cursor.text, from);
  if (isLineOver(cursor.text, at)) toNextLine(cursor, lineEnd(cursor.text, at) + 1);
  else decline(cursor);
}

/** Whether the line holds nothing more than a comment; `at` is behind all spaces. */
export function isLineOver(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit === LINE_FEED || (unit === HASH && text.charCodeAt(at - 1) === SPACE);
}

/** Whether a colon before it is one that makes a key. */
export function isBlank(unit: number): boolean {
  return unit === SPACE || unit === LINE_FEED;
}

/** The first place from here on that is no space. */
export function skipSpaces(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) === SPACE) at += 1;
  return at;
}

/** Where the line feed is that ends the line. */
export function lineEnd(text: string, from: number): number {
  return text.indexOf("\n", from);
}

/** Leaves the text to another reader. */
export function decline(cursor: LineCursor): void {
  cursor.isDeclined = true;
}
