import {
  askedParams,
  canonicalUri,
  definitionOf,
  describeFile,
  drawGraph,
  findTests,
  planProject,
  readChoices,
  readParam,
  runTests,
  simulateRun,
  simulationForm,
  type AskedPlan,
  type AskedSimulation,
  type LanguageService,
  type ProjectFile,
  type TypedWords,
} from "@headwater/language-server";
import type { ParamDefinition } from "@headwater/workflow";
import type { CancellationToken, Connection } from "vscode-languageserver";
import type { Checker } from "./checker.js";
import type { KeptAnswers } from "./kept-answers.js";
import { doInSlices, type Timer } from "./timer.js";

interface OfFile {
  readonly uri: string;
}

interface SimulationOfFile extends OfFile, Omit<AskedSimulation, "startAt"> {}

interface PlanOfFile extends OfFile, Omit<AskedPlan, "at"> {}

interface TestsOfFile extends OfFile {
  /** Null for all. */
  readonly names: readonly string[] | null;
}

interface OwnRequests {
  readonly loaded: Promise<void>;
  readonly timer: Timer;
  readonly checker: Checker;
  readonly kept: KeptAnswers;
}

/**
 * Answers what the protocol has no word for; the extension asks it. What is shown while somebody writes is answered from what is
 * known once the files are; what somebody asks for waits for a check.
 */
export function answerOwnRequests(
  connection: Connection,
  { workspace }: LanguageService,
  { loaded, timer, checker, kept }: OwnRequests,
): void {
  async function whenChecked<T>(
    uri: string,
    token: CancellationToken,
    answer: (file: ProjectFile) => T,
  ): Promise<T | null> {
    await checker.checkFor(token);
    const file = workspace.find(canonicalUri(uri));
    return file === null ? null : answer(file);
  }
  /** Null also where nobody waits any more. */
  async function inSlices<T extends object>(
    uri: string,
    token: CancellationToken,
    begin: (file: ProjectFile) => Generator<undefined, T | null>,
  ): Promise<T | null> {
    const work = await whenChecked(uri, token, begin);
    return work === null ? null : doInSlices(work, timer, () => !token.isCancellationRequested);
  }
  connection.onRequest("headwater/describe", async ({ uri }: OfFile) => {
    await loaded;
    return kept.answer("describe", uri, describeFile);
  });
  connection.onRequest("headwater/tests", async ({ uri }: OfFile) => {
    await loaded;
    return kept.answer("tests", uri, findTests);
  });
  for (const [name, answer] of Object.entries({ definition: definitionOf, graph: drawGraph, simulationForm }))
    connection.onRequest(`headwater/${name}`, ({ uri }: OfFile, token: CancellationToken) =>
      whenChecked<object | null>(uri, token, answer),
    );
  connection.onRequest("headwater/runTests", ({ uri, names }: TestsOfFile, token: CancellationToken) =>
    inSlices(uri, token, (file) => runTests(file, names)),
  );
  connection.onRequest(
    "headwater/simulate",
    ({ uri, ...asked }: SimulationOfFile, token: CancellationToken) => {
      const startAt = wholeSecond(timer.nowMs());
      return inSlices<object>(uri, token, (file) => simulateRun(file, { ...asked, startAt }));
    },
  );
  connection.onRequest("headwater/plan", ({ uri, ...asked }: PlanOfFile, token: CancellationToken) => {
    const at = wholeSecond(timer.nowMs());
    return inSlices(uri, token, (file) => planProject(file, { ...asked, at }));
  });
  answerForms(connection);
}

/** What is asked by params as somebody types them, of no file. */
function answerForms(connection: Connection): void {
  connection.onRequest("headwater/params", ({ params }: { readonly params: readonly ParamDefinition[] }) =>
    askedParams(params),
  );
  connection.onRequest("headwater/readParam", (typed: TypedWords): object => readParam(typed));
  connection.onRequest("headwater/readChoices", (typed: TypedWords): object => readChoices(typed));
}

/** Nobody reads the milliseconds of now. */
function wholeSecond(ms: number): number {
  return ms - (ms % 1000);
}
