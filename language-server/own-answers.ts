import {
  askedParams,
  canonicalUri,
  definitionOf,
  describeFile,
  drawGraph,
  findTests,
  planProject,
  runTests,
  simulateRun,
  simulationForm,
  type AskedPlan,
  type AskedSimulation,
  type LanguageService,
  type ProjectFile,
} from "@headwater/language-server";
import { parseTypedText, parseValueType, type ParamDefinition } from "@headwater/workflow";
import type { Connection } from "vscode-languageserver";
import type { Timer } from "./timer.js";

interface OfFile {
  readonly uri: string;
}

interface SimulationOfFile extends OfFile, Omit<AskedSimulation, "startAt"> {}

interface PlanOfFile extends OfFile, Omit<AskedPlan, "at"> {}

interface TypedParam {
  /** As it is written in a file: `list<int>`. */
  readonly type: string;
  readonly text: string;
}

/** Answers what the protocol has no word for; the extension asks it. All wait until the files are known. */
export function answerOwnRequests(
  connection: Connection,
  { workspace }: LanguageService,
  { loaded, timer }: { readonly loaded: Promise<void>; readonly timer: Timer },
): void {
  async function of<T>(uri: string, answer: (file: ProjectFile) => T): Promise<T | null> {
    await loaded;
    const file = workspace.find(canonicalUri(uri));
    return file === null ? null : answer(file);
  }
  connection.onRequest("headwater/describe", ({ uri }: OfFile) => of(uri, describeFile));
  connection.onRequest("headwater/definition", ({ uri }: OfFile) => of(uri, definitionOf));
  connection.onRequest("headwater/graph", ({ uri }: OfFile) => of(uri, drawGraph));
  connection.onRequest("headwater/tests", ({ uri }: OfFile) => of(uri, findTests));
  connection.onRequest(
    "headwater/runTests",
    ({ uri, names }: OfFile & { readonly names: readonly string[] | null }) =>
      of(uri, (file) => runTests(file, names)),
  );
  connection.onRequest("headwater/simulationForm", ({ uri }: OfFile) => of(uri, simulationForm));
  connection.onRequest(
    "headwater/simulate",
    ({ uri, params, given }: SimulationOfFile): Promise<object | null> =>
      of(uri, (file) => simulateRun(file, { params, given, startAt: wholeSecond(timer.nowMs()) })),
  );
  connection.onRequest("headwater/plan", ({ uri, ...asked }: PlanOfFile): Promise<object | null> =>
    of(uri, (file) => planProject(file, { ...asked, at: wholeSecond(timer.nowMs()) })),
  );
  connection.onRequest("headwater/params", ({ params }: { readonly params: readonly ParamDefinition[] }) =>
    askedParams(params),
  );
  connection.onRequest("headwater/readParam", ({ type, text }: TypedParam): object => {
    const parsed = parseValueType(type);
    return parsed === null ? { ok: true, value: text } : parseTypedText(text, parsed);
  });
}

/** Nobody reads the milliseconds of now. */
function wholeSecond(ms: number): number {
  return ms - (ms % 1000);
}
