import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { GIT_ENVIRONMENT } from "#test/git-environment.js";
import { commandsWith } from "./process-tree.js";

/** An attempt of a step of the project, as its script wrote it down when it began. */
export interface Beginning {
  readonly runId: string;
  readonly step: string;
  readonly attempt: number;
}

/** A repository whose workflows write down what they do, for a service that is killed meanwhile. */
export interface KillProject {
  /** Where the service follows it. */
  readonly url: string;
  /** Pushes a commit in which `round.txt` is another one; answers the commit. */
  push(round: number): string;
  /** What `round.txt` is in a commit. */
  roundOf(commit: string): number;
}

/**
 * Every attempt of a script comes through here: it takes a lock that holds its process, so that a second attempt of the same
 * step at the same time is found out, and then a line in the ledger. One that was killed leaves its lock.
 */
const ATTEMPT = `
mkdir -p "$HEADWATER_DATA/locks"
lock="$HEADWATER_DATA/locks/$HEADWATER_RUN_ID-$(echo "$HEADWATER_STEP" | tr '[]' '--')"
if ! mkdir "$lock" 2> /dev/null; then
  holder=$(cat "$lock/pid" 2> /dev/null)
  if tr '\\0' ' ' 2> /dev/null < "/proc/\${holder:-0}/cmdline" | grep -q attempt.sh; then
    echo "$HEADWATER_RUN_ID $HEADWATER_STEP $HEADWATER_ATTEMPT beside process $holder" >> "$HEADWATER_DATA/overlaps"
  fi
fi
echo $$ > "$lock/pid"
echo "$HEADWATER_RUN_ID $HEADWATER_STEP $HEADWATER_ATTEMPT" >> "$HEADWATER_DATA/ledger"
sleep "\${PAUSE:-0.05}"
rm -r "$lock"
`;

const CHAIN = `
workflow: chain
run_strategy: { rule: parallel, limit: 40 }
steps:
  first: { run: sh attempt.sh, retry: { platform: 1000 } }
  nothing: { needs: [first], noop: {} }
  spread:
    needs: [nothing]
    foreach: { item: "\${{ range(0, 6) }}" }
    max_parallel: 3
    steps:
      work:
        run: 'sh attempt.sh && echo "item=$ITEM" >> "$HEADWATER_OUTPUT"'
        env: { ITEM: "\${{ each.item }}" }
        outputs: { item: int }
        retry: { platform: 1000 }
      rest: { needs: [work], sleep: 50ms }
  query:
    needs: [first]
    sql: { connection: duckdb, query: "select 6 * 7 as answer" }
    outputs: { answer: int }
    retry: { platform: 1000 }
  part: { needs: [first], workflow: part, with: { of: "\${{ run.id }}" } }
  ask: { needs: [first], approval: { approvers: [ann] } }
  last:
    needs: [spread, query, part, ask]
    run: 'sh attempt.sh && echo "items=$ITEMS" >> "$HEADWATER_OUTPUT" && echo "round=$(cat round.txt)" >> "$HEADWATER_OUTPUT"'
    env: { ITEMS: "\${{ json(steps.spread.outputs.work.item) }}" }
    outputs: { items: "list<int>", round: int }
    retry: { platform: 1000 }
    emit: [{ signal: chain.done, params: { run: "\${{ run.id }}" } }]
`;

const OTHERS = {
  part: `
params: { of: { type: string } }
run_strategy: { rule: parallel, limit: 40 }
outputs: { of: { type: string, value: "\${{ steps.work.outputs.of }}" } }
steps:
  work:
    run: 'sh attempt.sh && echo "of=$OF" >> "$HEADWATER_OUTPUT"'
    env: { OF: "\${{ params.of }}" }
    outputs: { of: string }
    retry: { platform: 1000 }
`,
  listener: `
triggers: [{ signal: chain.done, params: { of: "\${{ signal.run }}" } }]
params: { of: { type: string } }
run_strategy: { rule: parallel, limit: 40 }
steps: { heard: { noop: {} } }
`,
  nap: `
run_strategy: { rule: parallel, limit: 40 }
steps:
  rest: { run: sh attempt.sh, env: { PAUSE: "600" }, retry: { platform: 1000 } }
  deaf: { run: "trap '' TERM; sh attempt.sh", env: { PAUSE: "600" }, retry: { platform: 1000 } }
`,
  tick: `
triggers: [{ schedule: "* * * * * *", missed: all }]
run_strategy: { rule: parallel, limit: 100 }
steps: { tick: { noop: {} } }
`,
};

/** All its workflows. */
export const WORKFLOWS = ["chain", ...Object.keys(OTHERS)].sort();

/** Makes the repository, with its first commit. */
export function makeKillProject(folder: string): KillProject {
  const [checkout, url] = [join(folder, "checkout"), join(folder, "origin.git")];
  const git = (...args: readonly string[]): string =>
    execFileSync("git", args, { cwd: checkout, env: GIT_ENVIRONMENT, encoding: "utf8", stdio: "pipe" });
  mkdirSync(checkout);
  git("init", "-q", "-b", "main");
  git("init", "-q", "--bare", "-b", "main", url);
  writeFileSync(join(checkout, "headwater.yaml"), "project: kill\n");
  writeFileSync(join(checkout, "attempt.sh"), ATTEMPT);
  writeFileSync(join(checkout, "chain.workflow.yaml"), CHAIN);
  for (const [name, text] of Object.entries(OTHERS))
    writeFileSync(join(checkout, `${name}.workflow.yaml`), `workflow: ${name}${text}`);
  const push = (round: number): string => {
    writeFileSync(join(checkout, "round.txt"), `${round}\n`);
    git("add", ".");
    git("commit", "-qm", `Round ${round}`);
    git("push", "-q", url, "main");
    return git("rev-parse", "HEAD").trim();
  };
  push(-1);
  return { url, push, roundOf: (commit) => Number(git("show", `${commit}:round.txt`)) };
}

/** In the order in which the attempts began. */
export function readLedger(dataFolder: string): readonly Beginning[] {
  return readLines(dataFolder, "ledger").map((line) => {
    const [runId = "", step = "", attempt = ""] = line.split(" ");
    return { runId, step, attempt: Number(attempt) };
  });
}

/** Attempts that began while another one of the same step was going. */
export function readOverlaps(dataFolder: string): readonly string[] {
  return readLines(dataFolder, "overlaps");
}

/** What still runs of any attempt, as its command line; none where there is no /proc. */
export function readSurvivors(dataFolder: string): readonly string[] {
  return commandsWith(`HEADWATER_DATA=${join(dataFolder, "data", "kill", "production")}`);
}

/** None while no attempt has begun. */
function readLines(dataFolder: string, name: string): readonly string[] {
  const file = join(dataFolder, "data", "kill", "production", name);
  return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
}
