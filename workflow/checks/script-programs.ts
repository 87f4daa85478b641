import type { ScriptCommand, ScriptWord } from "./script-commands.js";

/** What a program that runs files takes before the file: flags alone, and flags with a value. What else it takes is not known. */
interface Interpreter {
  readonly flags: RegExp;
  readonly withValue: RegExp;
}

const SHELL: Interpreter = {
  flags: /^[-+](?:[abefhklmnprtuvxBCEHPT]+|-(?:login|posix|norc|noprofile))$/,
  withValue: /^[-+][aefhuvx]*[oO]$/,
};
const PYTHON: Interpreter = { flags: /^-[bBdEhiIOPqsSuvx]+$/, withValue: /^-[WX]$/ };
const NODE: Interpreter = {
  flags: /^--[\w-]+=.*$|^--(?:enable-source-maps|no-warnings|trace-warnings)$/,
  withValue: /^(?:-r|--require|--import|--loader)$/,
};
const RUBY: Interpreter = { flags: /^-[wWv]+$/, withValue: /^-[rI]$/ };
const PERL: Interpreter = { flags: /^-[wWtTu]+$/, withValue: /^-I$/ };
const R: Interpreter = { flags: /^--(?:vanilla|no-save|no-restore|quiet)$/, withValue: /^$/ };

const INTERPRETERS: ReadonlyMap<string, Interpreter> = new Map([
  ...["sh", "bash", "dash", "."].map((name) => [name, SHELL] as const),
  ...["source"].map((name) => [name, SHELL] as const),
  ...["python", "python3"].map((name) => [name, PYTHON] as const),
  ["node", NODE],
  ["ruby", RUBY],
  ["perl", PERL],
  ["Rscript", R],
]);

const INTERPRETERS_BY_ENDING: ReadonlyMap<string, string> = new Map([
  ["sh", "sh"],
  ["bash", "bash"],
  ["py", "python"],
  ["js", "node"],
  ["mjs", "node"],
  ["cjs", "node"],
  ["rb", "ruby"],
  ["pl", "perl"],
  ["R", "Rscript"],
]);

/** What runs a file of that name; null where the name does not tell. */
export function interpreterOf(path: string): string | null {
  return INTERPRETERS_BY_ENDING.get(path.slice(path.lastIndexOf(".") + 1)) ?? null;
}

/** Of a file without a folder a shell asks the search path too. */
const SEARCHES: ReadonlySet<string> = new Set(["sh", "bash", "dash", ".", "source"]);

/** Words that a command may begin with, which change nothing of what it runs; each with the words that follow it. */
const PREFIXES: ReadonlyMap<string, readonly RegExp[]> = new Map<string, readonly RegExp[]>([
  ...["exec", "time", "nohup", "command", "nice"].map((name) => [name, []] as const),
  ["timeout", [/^\d+(?:\.\d+)?[smhd]?$/]],
  ...["uv", "poetry", "pipenv"].map((name) => [name, [/^run$/]] as const),
]);

/** The file that a command runs as a program: its first word, or the one behind an interpreter and its flags; null where that is not certain. */
export function programFileOf(words: readonly ScriptWord[]): ScriptWord | null {
  const [first, ...rest] = withoutPrefixes(words);
  if (first === undefined || first.plain === null) return null;
  if (first.plain === "psql") return fileOfFlag(rest);
  const interpreter = INTERPRETERS.get(first.plain);
  if (interpreter === undefined) return isPath(first) ? first : null;
  const file = fileAfterFlags(rest, interpreter);
  return file !== null && SEARCHES.has(first.plain) && !isPath(file) ? null : file;
}

/** The file that a command asks the system to run by itself, which takes its executable bit; null where another program reads it. */
export function startedFileOf(words: readonly ScriptWord[]): ScriptWord | null {
  const [first] = withoutPrefixes(words);
  return first !== undefined && isPath(first) && !RUNNERS.has(words[0]?.plain ?? "") ? first : null;
}

/** Prefixes that may choose an interpreter by the file's name. */
const RUNNERS: ReadonlySet<string> = new Set(["uv", "poetry", "pipenv"]);

function fileAfterFlags(words: readonly ScriptWord[], { flags, withValue }: Interpreter): ScriptWord | null {
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at];
    if (word === undefined || word.plain === null) return null;
    if (withValue.test(word.plain)) at += 1;
    else if (!/^[-+]/.test(word.plain)) return word;
    else if (!flags.test(word.plain)) return null;
  }
  return null;
}

/** What `psql -f` reads; it may read several, and tells the first that is not there. */
function fileOfFlag(words: readonly ScriptWord[]): ScriptWord | null {
  const at = words.findIndex(({ plain }) => plain === "-f" || plain === "--file");
  return at < 0 ? null : (words[at + 1] ?? null);
}

function withoutPrefixes(words: readonly ScriptWord[]): readonly ScriptWord[] {
  const [first, ...rest] = words;
  const following = PREFIXES.get(first?.plain ?? "");
  if (following === undefined || !following.every((form, at) => form.test(rest[at]?.plain ?? "")))
    return words;
  return withoutPrefixes(rest.slice(following.length));
}

function isPath({ plain }: ScriptWord): boolean {
  return plain?.includes("/") ?? false;
}

/** What can be said of what a command leaves: no file and the same folder; hardly a program of the repository; anything. */
export type Role = "harmless" | "program" | "unknown";

const HARMLESS: ReadonlySet<string> = new Set(
  "set export echo printf true : test [ date pwd ls cat mkdir sleep unset umask wait env which".split(" "),
);

const INSTALLERS: ReadonlySet<string> = new Set(["pip", "pip3"]);

/** The role of a command for those after it. */
export function roleOf({ words, writes }: ScriptCommand): Role {
  const [first] = withoutPrefixes(words);
  if (writes) return "unknown";
  // Variables alone.
  if (first === undefined) return "harmless";
  if (first.plain === null) return "unknown";
  if (HARMLESS.has(first.plain)) return "harmless";
  if (INSTALLERS.has(first.plain)) return "program";
  // What is sourced may go to another folder.
  const isSourced = first.plain === "." || first.plain === "source";
  return !isSourced && programFileOf(words) !== null ? "program" : "unknown";
}
