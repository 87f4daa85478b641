/** A word of a script where it stands, quotes and all. */
export interface ScriptWord {
  /** Without its quotes; null where only a shell can tell, as with a variable or a pattern in it. */
  readonly plain: string | null;
  readonly start: number;
  readonly end: number;
}

/** A simple command. */
export interface ScriptCommand {
  /** Without the variables that are set before it. */
  readonly words: readonly ScriptWord[];
  /** What it reads by `<`. */
  readonly reads: readonly ScriptWord[];
  /** It writes by `>`. */
  readonly writes: boolean;
  /** It is one side of `||`: it may fail, or is there for a failure. */
  readonly mayFail: boolean;
}

/**
 * Parts of a script, each sought where the one before ends, in this order. A text between `$(` and `)` is one word as long as it is
 * plain. Patterns of their own, since they are asked for every part of every script: what one of all would have to tell is dear.
 */
const TOKENS = {
  blank: /(?:[ \t\r]+|\\\r?\n)/y,
  comment: /#[^\n]*/y,
  joint: /\|\||&&|[;|\n]|&(?!>)/y,
  redirect: /\d*(?:>>|>&|&>|<&|>|<(?!<))/y,
  word: /(?:[^\s;&|<>()#"'\\`$]|(?<=\S)#|\$\([^()`]*\)|\$\{[^{}`]*\}|\$(?![({])|"(?:[^"\\`]|\\[^])*"|'[^']*'|\\[^\n])+/y,
} as const;

/** Words that begin what is more than a simple command. */
const COMPOUND: ReadonlySet<string> = new Set(
  "if then else elif fi for while until do done case esac select function { } ! [[".split(" "),
);

/**
 * The simple commands that a script certainly consists of, from its beginning up to where only a shell could read on: a
 * compound command, a function, a text that goes on below.
 */
export function simpleCommands(script: string): readonly ScriptCommand[] {
  const reader: Reader = { commands: [], open: emptyCommand(false), redirect: "" };
  for (let at = 0; at < script.length;) {
    const token = tokenAt(script, at);
    // What stands here goes on in a way that is not read here; the command that it belongs to is not known as a whole.
    if (token === null || !read(token, at, reader)) return reader.commands;
    at += token.text.length;
  }
  return isBegun(reader.open) ? [...reader.commands, reader.open] : reader.commands;
}

interface Token {
  readonly kind: keyof typeof TOKENS;
  readonly text: string;
}

function tokenAt(script: string, at: number): Token | null {
  for (const kind of KINDS) {
    const pattern = TOKENS[kind];
    pattern.lastIndex = at;
    if (pattern.test(script)) return { kind, text: script.slice(at, pattern.lastIndex) };
  }
  return null;
}

const KINDS = ["blank", "comment", "joint", "redirect", "word"] as const;

interface Reader {
  readonly commands: ScriptCommand[];
  open: OpenCommand;
  /** The sign of a redirection whose file is to come. */
  redirect: string;
}

/** False when the script is not to be read on. */
function read({ kind, text }: Token, start: number, reader: Reader): boolean {
  const { open } = reader;
  if (kind === "joint") endCommand(text, reader);
  else if (kind === "redirect") {
    reader.redirect = text;
    open.writes ||= text.includes(">") && !text.endsWith("&");
  } else if (kind === "word") {
    if (open.words.length === 0 && COMPOUND.has(text)) return false;
    addWord(
      open,
      { plain: plainOf(text), start, end: start + text.length },
      { redirect: reader.redirect, word: text },
    );
    reader.redirect = "";
  }
  return true;
}

function endCommand(joint: string, reader: Reader): void {
  const { open, commands } = reader;
  open.mayFail ||= joint === "||";
  const isEmptyLine = joint === "\n" && !isBegun(open);
  if (isBegun(open)) commands.push(open);
  if (!isEmptyLine) reader.open = emptyCommand(joint === "||");
}

interface OpenCommand extends ScriptCommand {
  readonly words: ScriptWord[];
  readonly reads: ScriptWord[];
  writes: boolean;
  mayFail: boolean;
}

function emptyCommand(mayFail: boolean): OpenCommand {
  return { words: [], reads: [], writes: false, mayFail };
}

function isBegun({ words, reads, writes }: OpenCommand): boolean {
  return words.length > 0 || reads.length > 0 || writes;
}

function addWord(
  open: OpenCommand,
  placed: ScriptWord,
  { redirect, word }: { readonly redirect: string; readonly word: string },
): void {
  const isAssignment = open.words.length === 0 && /^[A-Za-z_]\w*\+?=/.test(word);
  if (redirect.endsWith("<")) open.reads.push(placed);
  else if (redirect === "" && !isAssignment) open.words.push(placed);
}

function plainOf(word: string): string | null {
  const unquoted = /^(?:"([^"$\\`]*)"|'([^']*)')$/.exec(word);
  if (unquoted !== null) return unquoted[1] ?? unquoted[2] ?? "";
  return /["'$\\*?[\]{}~]/.test(word) ? null : word;
}
