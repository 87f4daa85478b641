/**
 * Who may import whom. The matrix and its reasons stand in ARCHITECTURE.md; `npm run check` holds the code to it.
 * Packages are resolved to their sources (the `source` condition), so a rule sees the file, not the build.
 */
const ROOMS_OF_SERVER = [
  "source",
  "registry",
  "triggers",
  "runs",
  "capacity",
  "workers",
  "steps",
  "store",
  "http",
  "logs",
  "secrets",
  "changes",
  "review",
  "previews",
  "alerts",
  "processes",
];

/** The rooms a room of the server may use: downward only. */
const DOWNWARD = {
  http: [
    "review",
    "registry",
    "triggers",
    "runs",
    "capacity",
    "source",
    "store",
    "logs",
    "changes",
    "alerts",
  ],
  review: ["previews", "source", "store", "changes", "processes"],
  previews: ["registry", "runs", "source", "store", "changes"],
  alerts: ["steps", "store", "logs", "secrets", "changes"],
  registry: ["source", "store", "changes", "triggers"],
  triggers: ["runs", "store", "changes"],
  runs: ["capacity", "source", "workers", "steps", "store", "logs", "changes"],
  source: ["store", "changes", "processes"],
  capacity: ["store"],
  workers: ["steps", "logs", "secrets", "processes"],
  steps: ["logs", "secrets"],
  store: ["changes"],
  logs: [],
  secrets: [],
  changes: [],
  processes: [],
};

const serverRules = Object.entries(DOWNWARD).map(([room, allowed]) => ({
  name: `server-${room}-downward`,
  comment: `server/${room} may use only ${allowed.join(", ") || "no other room"}`,
  severity: "error",
  from: { path: `^server/${room}/` },
  to: {
    path: `^server/(${ROOMS_OF_SERVER.filter((other) => other !== room && !allowed.includes(other)).join("|")})/`,
  },
}));

function only(name, comment, { from, to, except = [] }) {
  return { name, comment, severity: "error", from: { path: from, pathNot: except }, to: { path: to } };
}

function gatekeeper(name, module, rooms) {
  return only(name, `only ${rooms.join(", ")} may use ${module}`, {
    from: "^(workflow|engine|api|server|cli|language-server|extension)/",
    to: module,
    except: rooms.map((room) => `^${room}`),
  });
}

export default {
  forbidden: [
    {
      name: "no-cycles",
      comment: "a cycle means that two files are one",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    only("workflow-alone", "the language knows nothing of those who use it", {
      from: "^workflow/",
      to: "^(engine|api|server|cli|language-server|extension)/",
    }),
    only("engine-on-workflow", "the engine knows the language only", {
      from: "^engine/",
      to: "^(api|server|cli|language-server|extension)/",
    }),
    only("api-alone", "the contract knows no implementation", {
      from: "^api/",
      to: "^(server|cli|language-server|extension)/",
    }),
    // That the contract borrows only types of workflow and engine is held by test/api/index.test.ts: the parser here
    // cannot tell an import of types from one of code.
    only("server-not-cli", "the service does not know its front ends", {
      from: "^server/",
      to: "^(cli|language-server|extension)/",
    }),
    only("language-server-offline", "the editor knows the language and its simulator, and needs no service", {
      from: "^language-server/",
      to: "^(api|server|cli|extension)/",
    }),
    only(
      "language-service-pure",
      "the service of the language server runs in a browser, without a connection",
      {
        from: "^language-server/service/",
        to: "^(node:|language-server/[^/]+\\.ts$)|node_modules/vscode-(languageserver|languageserver-protocol|jsonrpc)/",
      },
    ),
    only(
      "extension-asks",
      "the extension asks the language server and the service, and knows nothing by itself",
      {
        from: "^extension/",
        to: "^(workflow|engine|server|cli|language-server)/",
      },
    ),
    gatekeeper("editor-gatekeeper", "^vscode$|node_modules/(vscode-languageclient|@types/vscode)/", [
      "extension/",
    ]),
    only("cli-not-editor", "the command line is not an editor", {
      from: "^cli/",
      to: "^(language-server|extension)/",
    }),
    only("cli-serve-only", "the command line uses the public API, but for serve and backup", {
      from: "^cli/",
      to: "^server/",
      except: ["^cli/commands/(serve|backup)\\.ts$"],
    }),
    only("pure-rooms", "workflow, engine and api run in a browser", {
      from: "^(workflow|engine|api)/",
      to: "^(node:|fs$|path$|child_process$|crypto$)",
    }),
    only("no-tests-in-production", "tests and benchmarks are leaves", {
      from: "^(workflow|engine|api|server|cli|language-server|extension)/",
      to: "^(test|bench)/",
    }),
    ...serverRules,
    gatekeeper("yaml-gatekeeper", "node_modules/(js-)?yaml/", ["workflow/syntax/"]),
    gatekeeper("cel-gatekeeper", "node_modules/@marcbachmann/cel-js/", ["workflow/expressions/"]),
    gatekeeper("cron-gatekeeper", "node_modules/croner/", ["workflow/schedule/"]),
    gatekeeper("sqlite-gatekeeper", "node_modules/sqlite3/", ["server/store/sqlite/"]),
    gatekeeper("koffi-gatekeeper", "node_modules/koffi/", ["server/processes/libc\\.ts$"]),
    gatekeeper("git-gatekeeper", "node_modules/simple-git/", ["server/source/"]),
    gatekeeper("github-gatekeeper", "node_modules/(octokit|@octokit)/", ["server/review/github/"]),
    gatekeeper("fastify-gatekeeper", "node_modules/fastify/", ["server/http/"]),
    gatekeeper("duckdb-gatekeeper", "node_modules/@duckdb/", ["server/steps/duckdb/"]),
    gatekeeper("mail-gatekeeper", "node_modules/nodemailer/", ["server/alerts/channels/email\\.ts$"]),
    gatekeeper("postgres-gatekeeper", "node_modules/(@types/)?pg/", ["server/steps/postgres/host/"]),
    // The command line reads the user's own clone, whose configuration it trusts as git does; the service trusts none.
    gatekeeper("process-gatekeeper", "^(node:)?child_process$", [
      "server/processes/",
      "server/workers/",
      "server/review/compiler/",
      "cli/checkout/",
    ]),
    gatekeeper("random-gatekeeper", "^(node:)?crypto$", [
      "server/ids\\.ts$",
      "server/source/",
      "server/http/",
      "server/registry/",
      "server/review/github/",
      "server/review/gitlab/",
      "server/alerts/channels/webhook\\.ts$",
      "language-server/bin/run-bundle\\.js$",
    ]),
  ],
  options: {
    parser: "swc",
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^[a-z-]+/(dist|out)/" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["source", "import", "types", "default"],
    },
  },
};
