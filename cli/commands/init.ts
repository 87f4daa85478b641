import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import type { Command } from "commander";
import { createTimeZones, noTimeZone, SETTINGS_PATH } from "@headwater/workflow";
import type { Context } from "../context.js";
import { FIRST_WORKFLOW, type ProjectAnswers, projectFiles } from "../project-template.js";
import { UsageError } from "../usage-error.js";

type InitOptions = Partial<ProjectAnswers> & { readonly yes?: boolean };

interface Question {
  readonly name: keyof ProjectAnswers;
  readonly words: string;
  readonly suggestion: string;
  /** What is wrong with an answer; null when nothing is. */
  readonly problemOf: (answer: string) => string | null;
}

const IGNORED = ".headwater/\n";

/** `headwater init [folder]`: a project with a first workflow and its tests, by a short dialogue or by options. */
export function addInitCommand(program: Command, context: Context): void {
  program
    .command("init")
    .description("make a project: settings, a first workflow and its tests; overwrites nothing")
    .argument("[folder]", "where; default: the current folder", ".")
    .option("--project <name>", "its name, unique in the service (default: the folder's)")
    .option("--owner <name>", "who is told when something fails (default: your user name)")
    .option("--timezone <name>", "of its schedules, such as Europe/Berlin (default: this machine's)")
    .option("-y, --yes", "ask nothing")
    .action(async (folder: string, options: InitOptions) => {
      const root = resolve(context.io.cwd, folder);
      refuseIfProject(root, folder);
      const answers = await answersTo(questionsFor(root, context), options, context);
      const created = createProject(root, answers);
      context.io.stdout.write(whatNext(folder, created, context));
    });
}

function refuseIfProject(root: string, folder: string): void {
  for (let at = root; ; at = dirname(at)) {
    if (existsSync(join(at, SETTINGS_PATH))) {
      const where = at === root ? "there is" : `it lies in "${at}", where there is`;
      throw new UsageError(`Cannot make a project in "${folder}": ${where} a ${SETTINGS_PATH} already`);
    }
    if (at === dirname(at)) return;
  }
}

function questionsFor(root: string, { io }: Context): readonly Question[] {
  const zones = createTimeZones();
  return [
    {
      name: "project",
      words: "Name of the project",
      suggestion: idFrom(basename(root)),
      problemOf: problemOfId,
    },
    { name: "owner", words: "Who owns its workflows", suggestion: io.user, problemOf: problemOfOwner },
    {
      name: "timezone",
      words: "Time zone of its schedules",
      suggestion: Intl.DateTimeFormat().resolvedOptions().timeZone,
      problemOf: (answer) => (zones.has(answer) ? null : noTimeZone(answer).message),
    },
  ];
}

/** As `project` in headwater.yaml takes it. */
function problemOfId(answer: string): string | null {
  const isId = /^[a-z][a-z0-9-]{0,62}$/.test(answer);
  return isId ? null : 'it takes a-z, 0-9 and "-", begins with a letter and has at most 63 characters';
}

function problemOfOwner(answer: string): string | null {
  return answer.trim() === "" ? "it must say who" : null;
}

function idFrom(text: string): string {
  const id = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^[^a-z]+|-+$/g, "");
  return id.slice(0, 63) || "pipelines";
}

/** What options leave open is asked for, or taken as suggested. */
async function answersTo(
  questions: readonly Question[],
  options: InitOptions,
  context: Context,
): Promise<ProjectAnswers> {
  const answers: Partial<Record<keyof ProjectAnswers, string>> = {};
  for (const question of questions) {
    const given = options[question.name];
    const problem = given === undefined ? null : question.problemOf(given);
    if (problem !== null) {
      throw new UsageError(`Cannot use --${question.name} "${given ?? ""}": ${problem}`);
    }
    answers[question.name] =
      given ?? (options.yes === true ? question.suggestion : await ask(question, context));
  }
  // Every question has its answer now.
  return answers as ProjectAnswers;
}

async function ask(
  { name, words, suggestion, problemOf }: Question,
  { io, style }: Context,
): Promise<string> {
  if (io.ask === null) {
    throw new UsageError(
      `Cannot ask, since this is no terminal: give --${name}, or --yes for "${suggestion}"`,
    );
  }
  for (;;) {
    const typed = (await io.ask(`${style.bold(words)} ${style.quiet(`(${suggestion})`)} `)).trim();
    const answer = typed === "" ? suggestion : typed;
    const problem = problemOf(answer);
    if (problem === null) return answer;
    io.stdout.write(`${style.bad(`Not "${answer}":`)} ${problem}\n`);
  }
}

/** Writes all files or, when one is in the way, none. A .gitignore that is there stays as it is. */
function createProject(root: string, answers: ProjectAnswers): readonly string[] {
  const files = {
    ...projectFiles(answers),
    ...(existsSync(join(root, ".gitignore")) ? {} : { ".gitignore": IGNORED }),
  };
  const taken = Object.keys(files).filter((path) => existsSync(join(root, path)));
  if (taken.length > 0)
    throw new UsageError(`Cannot make a project: ${taken.join(", ")} would be overwritten`);
  for (const [path, text] of Object.entries(files)) {
    try {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text, { flag: "wx" });
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new UsageError(`Cannot write "${join(root, path)}": ${why}`, { cause });
    }
  }
  return Object.keys(files);
}

function whatNext(folder: string, created: readonly string[], { io, style }: Context): string {
  const isHere = relative(io.cwd, resolve(io.cwd, folder)) === "";
  const commands = [
    ...(isHere ? [] : [[`cd ${quoted(folder)}`, ""]]),
    ["headwater test", "what the workflow does; nothing is executed"],
    [`headwater next ${FIRST_WORKFLOW}`, "when it runs"],
    [
      'git init -b main && git add . && git commit -m "A first workflow"',
      "unless it is a repository already",
    ],
    ["headwater serve", "the service, in a terminal of its own, unless it runs already, as by npm start"],
    ["headwater repo add .", "follow this repository: from now on a commit puts a workflow live"],
  ];
  const ignores = created.includes(".gitignore")
    ? ""
    : "\nYour .gitignore is as it was: .headwater/ should be in it.\n";
  return [
    ...created.map((path) => `${style.good("created")} ${path}\n`),
    ignores,
    "\nNext:\n",
    ...commands.map(
      ([command = "", why = ""]) => `  ${command}${why === "" ? "" : style.quiet(`   # ${why}`)}\n`,
    ),
  ].join("");
}

/** A word as a shell takes it. */
function quoted(word: string): string {
  return /^[\w./~+@%:,-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
