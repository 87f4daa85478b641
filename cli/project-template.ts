import { formatTimestamp, nextFire } from "@headwater/workflow";

/** What a new project is asked for. */
export interface ProjectAnswers {
  readonly project: string;
  readonly owner: string;
  /** IANA name. */
  readonly timezone: string;
}

/** Where the first workflow of a new project is. */
export const FIRST_WORKFLOW = "pipelines/hello.workflow.yaml";

const SCHEDULE = "0 6 * * *";

/** The files of a new project, by their paths: settings, a workflow with a schedule and its tests. */
export function projectFiles(answers: ProjectAnswers): Readonly<Record<string, string>> {
  return {
    "headwater.yaml": settings(answers),
    [FIRST_WORKFLOW]: WORKFLOW,
    "pipelines/hello.workflow.test.yaml": tests(answers),
  };
}

function settings({ project, owner, timezone }: ProjectAnswers): string {
  return `project: ${JSON.stringify(project)}
owner: ${JSON.stringify(owner)}
defaults: { timezone: ${JSON.stringify(timezone)}, timeout: 1h }
environments:
  production: { branch: main }
`;
}

const WORKFLOW = `# A workflow is one file. \`headwater validate\` checks it, \`headwater test\` shows what it does, a push puts it live.
workflow: hello
description: Counts its own lines, every morning

triggers:
  - schedule: "${SCHEDULE}" # at 6:00 in the time zone of headwater.yaml

params:
  date: { type: date, default: "\${{ run.scheduled_at.date() }}" }

steps:
  count:
    run: echo "lines=$(grep -c "" ${FIRST_WORKFLOW})" >> "$HEADWATER_OUTPUT"
    outputs: { lines: int }
    retry: { errors: 1 }

  report:
    needs: [count]
    if: \${{ steps.count.outputs.lines > 0 }}
    env: { DATE: "\${{ params.date }}", COUNTED: "\${{ steps.count.outputs.lines }}" }
    run: echo "On $DATE the file has $COUNTED lines."
`;

function tests({ timezone }: ProjectAnswers): string {
  const [from, to] = ["2026-01-01T00:00:00Z", "2026-01-03T00:00:00Z"];
  const timing = {
    schedule: SCHEDULE,
    timezone,
    gap: "auto",
    overlap: "auto",
    startsAt: null,
    endsAt: null,
  } as const;
  const fires: string[] = [];
  let at = nextFire(timing, Date.parse(from) - 1);
  while (at !== null && at < Date.parse(to)) {
    fires.push(formatTimestamp(at));
    at = nextFire(timing, at);
  }
  return `workflow: hello
tests:
  reports what it counted:
    given: { count: { outputs: { lines: 12 } } }
    expect: { run: succeeded, steps: { report: succeeded } }

  has nothing to report of an empty file:
    given: { count: { outputs: { lines: 0 } } }
    expect: { run: succeeded, steps: { report: skipped } }

  counts once more when counting fails:
    given: { count: [{ fails: error }, { outputs: { lines: 12 } }] }
    expect: { steps: { count: { status: succeeded, attempts: 2 }, report: succeeded } }

  runs every morning at six:
    fires: { from: ${from}, to: ${to}, at: [${fires.join(", ")}] }
`;
}
