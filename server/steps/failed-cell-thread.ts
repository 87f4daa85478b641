import { readFileSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { failedCell } from "./failed-cell.js";

// The thread of `findFailedCell`: reads one notebook, answers once.
const cell = failedCell(readFileSync(String(workerData), "utf8"));
parentPort?.postMessage(cell, []);
