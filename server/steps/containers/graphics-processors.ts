import { readdirSync } from "node:fs";
import { ContainerError } from "./container-command.js";

/**
 * Which graphics processors of this machine containers of this service have, so that two that ask for one each get two. Where more are
 * asked for than there are, those that fewest have are shared: a pool with as many slots keeps them apart.
 */
export class GraphicsProcessors {
  /** By number: how many have it. */
  readonly #users: Map<number, number>;

  /** @param numbers of those that are there; none where that is not known */
  constructor(numbers: readonly number[]) {
    this.#users = new Map([...numbers].sort((one, other) => one - other).map((number) => [number, 0]));
  }

  /**
   * So many, until they are given back; null where nobody knows what this machine has.
   * @throws ContainerError when it has not so many
   */
  take(count: number): readonly number[] | null {
    if (this.#users.size === 0) return null;
    if (count > this.#users.size) {
      const asked = `the step asks for ${count} GPUs, this machine has ${this.#users.size}`;
      throw new ContainerError("final", `Cannot make a container: ${asked}`);
    }
    const taken = [...this.#users]
      .sort(([, one], [, other]) => one - other)
      .slice(0, count)
      .map(([number]) => number);
    for (const number of taken) this.#use(number, 1);
    return taken.sort((one, other) => one - other);
  }

  giveBack(numbers: readonly number[]): void {
    for (const number of numbers) this.#use(number, -1);
  }

  #use(number: number, more: number): void {
    this.#users.set(number, (this.#users.get(number) ?? 0) + more);
  }
}

/** The numbers of NVIDIA's devices, `/dev/nvidia0` and on: those that its toolkit names. */
export function findGraphicsProcessors(): readonly number[] {
  try {
    return readdirSync("/dev").flatMap((name) => {
      const [, number] = /^nvidia(\d+)$/.exec(name) ?? [];
      return number === undefined ? [] : [Number(number)];
    });
  } catch {
    // No such folder: not known.
    return [];
  }
}
