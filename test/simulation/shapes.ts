/** Workflows of every control structure; how an attempt of a step goes is in its name, see `outcomeOf`. */
export const SHAPES: Readonly<Record<string, string>> = {
  "headwater.yaml": "project: simulated\nowner: one\n",
  "chain.workflow.yaml": `workflow: chain
triggers: [{ schedule: every 1h, missed: all }]
run_strategy: { rule: parallel, limit: 3 }
steps:
  count: { run: "true", outputs: { rows: int } }
  shaky: { needs: [count], if: steps.count.outputs.rows > 2, run: "true", permits: [api, db], retry: { errors: 2, delay: 1m } }
  bad: { needs: [shaky], run: "true" }
  mend: { needs: [bad], require: any_failed, run: "true" }
  join: { needs: [shaky, mend], require: any_succeeded, noop: {} }
`,
  "loops.workflow.yaml": `workflow: loops
max_parallel_steps: 6
run_strategy: { rule: parallel, limit: 2 }
steps:
  load:
    foreach: { day: "\${{ range(0, 3) }}" }
    max_parallel: 2
    on_failure: continue
    steps:
      lost: { run: "true" }
      parts:
        needs: [lost]
        foreach: { part: [a, b] }
        max_parallel: 2
        steps:
          copy: { run: "true", permits: [api] }
          bad: { needs: [copy], if: each.part == "b" && each.day == 1, run: "true" }
  after: { needs: [load], require: all_finished, run: "true" }
  rounds:
    while: loop.i < 2
    vars: { i: 0 }
    next: { i: "\${{ loop.i + 1 }}" }
    steps: { shaky: { run: "true", retry: { errors: 1, delay: 10s } } }
`,
  "stopping.workflow.yaml": `workflow: stopping
run_strategy: last_only
failure_mode: fail_immediately
steps:
  load:
    foreach: { day: "\${{ range(0, 4) }}" }
    on_failure: stop_all
    steps:
      work: { run: "true" }
      bad: { needs: [work], if: each.day == 2, run: "true", failure_mode: ignore_failure }
  wait: { sleep: 10m }
  bad_end: { needs: [load, wait], run: "true" }
  other: { sleep: 1h }
`,
  "strict.workflow.yaml": `workflow: strict
run_strategy: strict_sequential
steps:
  first: { run: "true" }
  bad: { needs: [first], run: "true", retry: { errors: 1, delay: 30s } }
`,
  "latest.workflow.yaml": `workflow: latest
run_strategy: serial_latest_only
timeout: 20m
steps:
  slow_start: { run: "true", retry: { timeouts: 3 } }
  wait: { needs: [slow_start], sleep: 5m }
  ask: { approval: { approvers: [cyd] }, timeout: 30m }
`,
  "first.workflow.yaml": `workflow: first
run_strategy: first_only
steps:
  ask: { approval: { approvers: [cyd], on_timeout: approve }, timeout: 3h }
  gate: { needs: [ask], wait_for: [{ signal: data.ready, lookback: 1h, timeout: 4h }], run: "true" }
`,
  "parent.workflow.yaml": `workflow: parent
max_parallel_steps: 2
steps:
  before: { run: "true", emit: [{ signal: data.ready }] }
  child: { needs: [before], workflow: child, with: { size: 2 }, permits: [db], retry: { errors: 1, delay: 1m } }
  each_one:
    foreach: { n: [1, 3] }
    max_parallel: 2
    steps: { small: { workflow: child, with: { size: "\${{ each.n }}" } } }
  forget: { workflow: heard, wait: false }
  after: { needs: [child, each_one], require: all_finished, run: "true" }
`,
  "child.workflow.yaml": `workflow: child
params: { size: { type: int, default: 1 } }
run_strategy: { rule: parallel, limit: 2 }
steps:
  work: { run: "true", cache: { key: "\${{ string(params.size) }}", ttl: 1h } }
  bad: { needs: [work], if: params.size == 3, run: "true" }
`,
  "heard.workflow.yaml": `workflow: heard
triggers: [{ signal: data.ready }, { workflow: chain, on: finished }]
run_strategy: sequential
steps: { work: { run: "true" } }
`,
};

/** How many may hold each permit of the shapes. */
export const PERMITS: Readonly<Record<string, number>> = { api: 2, db: 1 };
