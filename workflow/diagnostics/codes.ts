import type { Severity } from "./diagnostic.js";

/** What the table knows of one code. Each code has a section in `docs/errors.md` and a fixture under `test/fixtures/findings`. */
export interface CodeEntry {
  readonly severity: Severity;
  /** The title of its section. */
  readonly title: string;
}

/** Every finding that the compiler can make about a file; a test holds this table, the docs and the fixtures in step. */
export const CODES = {
  "file-not-utf8": error("The file is not UTF-8"),
  "file-too-large": error("The file is larger than 256 KiB"),
  "file-in-git-lfs": error("A file is kept by Git LFS"),
  "file-missing": error("A file that a workflow names does not exist"),
  "misnamed-file": warning("A file is ignored because of its name"),
  "nested-project": info("A folder is a project of its own"),
  "path-left-out": info("Something in the repository is seen by no workflow"),
  "yaml-syntax": error("The file is not YAML"),
  "yaml-too-deep": error("The YAML is nested too deep"),
  "yaml-alias": error("An alias cannot be expanded"),
  "yaml-tag": error("A YAML tag that the language does not have"),
  "duplicate-key": error("A key is given twice"),
  "unknown-key": error("The language does not know this key"),
  "missing-key": error("A key that must be there is missing"),
  "wrong-type": error("The value is of the wrong kind"),
  "unknown-value": error("The value is not one of those allowed"),
  "invalid-value": error("The value does not have the right form"),
  "invalid-id": error("The id does not have the right form"),
  "invalid-type": error("This is not a type"),
  "invalid-schedule": error("The schedule cannot be read"),
  "unknown-timezone": error("There is no such time zone"),
  "step-kind-missing": error("A step does nothing"),
  "step-kind-many": error("A step is of two kinds"),
  "misplaced-key": error("The key belongs to another kind of step"),
  "duplicate-step": error("Two steps that see each other have one id"),
  "unknown-need": error("A step needs a step that does not exist"),
  "needs-cycle": error("Steps need each other in a circle"),
  "too-many-steps": error("The workflow has more than 1,000 steps"),
  "texts-too-large": error("The files that a workflow uses add up to more than 4 MiB"),
  "too-many-iterations": error("A loop has more iterations than a loop, or a run, may have"),
  "nesting-too-deep": error("Steps are nested more than 10 deep"),
  "unknown-connection": error("The project has no such connection"),
  "unknown-plugin": error("The project has no such plug-in"),
  "plugin-input": error("The plug-in's inputs are not met"),
  "sql-param-missing": error("A query names a param that it is not given"),
  "sql-param-unused": warning("A query is given a param that it does not name"),
  "expression-not-allowed": error("An expression where none is evaluated"),
  "expression-unclosed": error("An expression is not closed"),
  "expression-braces": warning("A name in the braces of another system"),
  "expression-cut": error("A comment cuts an expression off"),
  "expression-empty": error("An expression is empty"),
  "expression-syntax": error("The expression is not CEL"),
  "expression-too-complex": error("The expression is too large or nested too deep"),
  "expression-unsupported": error("The expression uses a part of CEL that Headwater does not promise"),
  "expression-unknown-name": error("There is no such name in the expression's scope"),
  "expression-unknown-function": error("There is no such function"),
  "expression-type": error("The types in the expression do not fit"),
  "expression-fails": error("A part of the expression fails in every run"),
  "format-without-code": warning("A format of a date has no code in it"),
  "secret-not-allowed": error("A secret outside of env and headers"),
  "unknown-step": error("There is no such step"),
  "unknown-output": error("The step does not declare this output"),
  "step-not-needed": error("A step is used that may not have run"),
  "output-may-be-missing": warning("An output is used of a step that may not have succeeded"),
  "signal-may-be-missing": warning("The signal is used where something else may have started the run"),
  "invalid-param": error("A param contradicts itself"),
  "unknown-param": error("The workflow has no such param"),
  "trigger-param": error("A trigger does not give the params that its runs need"),
  "template-not-usable": error("The template cannot be used"),
  "template-input": error("The template's inputs are not met"),
  "unknown-variable": error("The loop has no such variable"),
  "endless-loop": warning("A loop never ends"),
  "subworkflow-cycle": error("Workflows run each other in a circle"),
  "trigger-cycle": warning("Runs of workflows start each other without end"),
  "unknown-environment": warning("The project has no such environment"),
  "condition-always-false": warning("A condition is false whatever the run"),
  "condition-always-true": warning("A condition is true whatever the run"),
  "cache-without-effect": warning("A step has a cache that is never asked"),
  "unreachable-step": warning("A step can never run"),
  "unused-param": warning("No expression uses the param or the input"),
  "unused-output": info("No expression uses the output"),
  "timeout-too-long": warning("A timeout is never reached"),
  "retry-too-long": warning("Retries last longer than what is around them"),
  "schedule-never-fires": warning("The schedule never fires"),
  "schedule-clock-change": info("A clock change skips or repeats the schedule's time"),
  "schedule-too-frequent": warning("Runs cannot keep up with the schedule"),
  "number-inexact": error("A whole number is too large to be exact"),
  "unquoted-value": warning("A value without quotes is read as another text"),
  "script-missing": warning("The script is not in the repository"),
  "script-not-executable": warning("The script has no executable bit"),
  "match-list": warning("A signal's param must be a whole list"),
  "signal-never-heard": info("Nothing in the project hears the signal"),
  "duplicate-trigger": warning("The same trigger stands twice"),
  "key-without-effect": warning("What is written changes nothing"),
  "two-writers": warning("Two workflows say that they have updated one table"),
  "subworkflow-param": error("The other workflow's params are not met"),
  "duplicate-workflow": error("Two files define one workflow"),
  "unknown-workflow": error("There is no such workflow in the project"),
  "duplicate-branch": error("Two environments have one branch"),
  "project-unnamed": error("The project has no name"),
  "no-workflows": error("The project has no workflow"),
  "owner-required": error("The workflow has no owner"),
  "test-shows-nothing": warning("A test expects nothing"),
  "test-param": error("A test does not give the params that its run needs"),
  "tests-required": error("The workflow has no tests"),
  "alert-without-receiver": error("An alert tells nobody"),
  "alert-never-told": warning("An alert is for what cannot happen"),
  "signal-param": warning("The signal does not carry what is asked of it"),
  "signal-never-emitted": info("No step of the project emits the signal"),
  "signal-misspelt": warning("A signal has nearly the name, or a value, of one that the project emits"),
} as const satisfies Readonly<Record<string, CodeEntry>>;

/** A key of the table. */
export type DiagnosticCode = keyof typeof CODES;

function error(title: string): CodeEntry {
  return { severity: "error", title };
}

function warning(title: string): CodeEntry {
  return { severity: "warning", title };
}

function info(title: string): CodeEntry {
  return { severity: "info", title };
}
