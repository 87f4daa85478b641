/** A bug in the engine: thrown where the types allow what the invariants forbid. */
export class UnreachableError extends Error {
  readonly code = "ENGINE_UNREACHABLE";
  override readonly name = "UnreachableError";
}

/** @throws {UnreachableError} always. */
export function unreachable(message: string): never {
  throw new UnreachableError(message);
}
