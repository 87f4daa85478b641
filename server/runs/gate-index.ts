import type { Effect } from "@headwater/engine";
import { matchesSignal } from "@headwater/workflow";
import { keyOfSignal, listenerKeys } from "../store/listener-key.js";
import type { PastSignal } from "../store/store.js";

/** A signal that has just become known. */
export interface FreshSignal extends PastSignal {
  readonly signal: string;
  readonly environment: string;
}

/** A step of a run that waits for a signal of its environment. */
export interface AwaitedGate {
  readonly runId: string;
  readonly environment: string;
  readonly effect: Effect & { readonly kind: "await_signal" };
}

/** Gates by what opens them, as triggers stand in the store: a signal finds those whose equalities it meets, however many others wait. */
export class GateIndex {
  /** By environment and name of the signal. */
  readonly #signals = new Map<string, Set<AwaitedGate>>();
  /** The params that gates of a signal need a value of, by shape; gone with the last of the gates. */
  readonly #shapes = new Map<string, Map<string, readonly string[]>>();
  /** By signal, shape and values. */
  readonly #keys = new Map<string, Set<AwaitedGate>>();
  readonly #runs = new Map<string, Set<AwaitedGate>>();
  readonly #steps = new Map<string, Set<AwaitedGate>>();

  /** Takes the place of what the step waited for there before. */
  add(gate: AwaitedGate): void {
    const { runId, environment, effect } = gate;
    for (const before of this.#steps.get(stepText(runId, effect.path)) ?? [])
      if (before.effect.gate === effect.gate) this.delete(before);
    const signal = signalText(environment, effect.signal);
    const { names, shape, wanted } = listenerKeys(effect.match);
    const shapes = this.#shapes.get(signal) ?? new Map<string, readonly string[]>();
    this.#shapes.set(signal, shapes.set(shape, names));
    addTo(this.#signals, signal, gate);
    for (const values of wanted) addTo(this.#keys, keyText(signal, shape, values), gate);
    addTo(this.#runs, runId, gate);
    addTo(this.#steps, stepText(runId, effect.path), gate);
  }

  /** False when it does not wait any more, or something else does in its place. */
  delete(gate: AwaitedGate): boolean {
    const { runId, environment, effect } = gate;
    if (!takeFrom(this.#steps, stepText(runId, effect.path), gate)) return false;
    const signal = signalText(environment, effect.signal);
    const { shape, wanted } = listenerKeys(effect.match);
    takeFrom(this.#runs, runId, gate);
    takeFrom(this.#signals, signal, gate);
    for (const values of wanted) takeFrom(this.#keys, keyText(signal, shape, values), gate);
    if (!this.#signals.has(signal)) this.#shapes.delete(signal);
    return true;
  }

  isEmpty(): boolean {
    return this.#runs.size === 0;
  }

  /** All of the step; without a path, all of the run. */
  forget(runId: string, path?: string): void {
    const gates = path === undefined ? this.#runs.get(runId) : this.#steps.get(stepText(runId, path));
    for (const gate of gates ?? []) this.delete(gate);
  }

  /** Those of the signal's name that may be opened by it: the others are not looked at. */
  listCandidates({ signal, environment, params }: Omit<FreshSignal, "id" | "at">): readonly AwaitedGate[] {
    const name = signalText(environment, signal);
    return [...(this.#shapes.get(name)?.values() ?? [])].flatMap((names) => {
      const key = keyOfSignal(names, params);
      return key === null ? [] : [...(this.#keys.get(keyText(name, key.shape, key.wanted)) ?? [])];
    });
  }

  /** Those that it opens. */
  listOpenedBy(signal: FreshSignal): readonly AwaitedGate[] {
    return this.listCandidates(signal).filter(
      ({ effect: { since, match } }) => signal.at >= since && matchesSignal(match, signal.params),
    );
  }
}

/** A name of what is awaited. Neither a signal's name nor an id can hold a space. */
export function signalText(environment: string, signal: string): string {
  return `${signal} ${environment}`;
}

function stepText(runId: string, path: string): string {
  return `${runId} ${path}`;
}

/** JSON holds no line break. */
function keyText(signal: string, shape: string, values: string): string {
  return `${signal}\n${shape}\n${values}`;
}

function addTo<Member>(sets: Map<string, Set<Member>>, key: string, member: Member): void {
  const members = sets.get(key);
  if (members === undefined) sets.set(key, new Set([member]));
  else members.add(member);
}

/** False when it was not there. */
function takeFrom<Member>(sets: Map<string, Set<Member>>, key: string, member: Member): boolean {
  const members = sets.get(key);
  if (members?.delete(member) !== true) return false;
  if (members.size === 0) sets.delete(key);
  return true;
}
