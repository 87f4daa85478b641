import { createRequire } from "node:module";
import { constants } from "node:os";
import { getSystemErrorName } from "node:util";
import type * as Koffi from "koffi";
import type { ExitStatus } from "./started-process.js";

/** The few calls of the C library that starting a process takes. Sources: posix_spawn(3), pipe(2), wait(2). */
export interface Libc {
  /** Both ends are closed on exec. @throws LibcError */
  pipe(): Pipe;
  /** Answers the child's id. It leads a session of its own and has every signal as by default. @throws LibcError */
  spawn(image: ProcessImage): number;
  /** Null while the child runs. @throws LibcError when it is no child of this process, or was waited for before */
  wait(processId: number): ExitStatus | null;
}

/** Descriptors. */
export interface Pipe {
  readonly readEnd: number;
  readonly writeEnd: number;
}

/** What a child is made of. It has no other descriptors than these. */
export interface ProcessImage {
  /** Of the executable; it is not searched for. */
  readonly path: string;
  /** The name first. None of these texts may hold a null byte: it would end there. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Null where there is nothing to read. */
  readonly stdin: number | null;
  readonly stdout: number;
  readonly stderr: number;
}

/** What the C library refused. */
export class LibcError extends Error {
  /** Such as `ENOENT`. */
  readonly code: string;

  constructor(call: string, errno: number) {
    const code = getSystemErrorName(-errno);
    super(`${call} ${code}`);
    this.name = "LibcError";
    this.code = code;
  }
}

/**
 * Null where it cannot be had: another system than Linux, no binary of koffi for it, a C library of before 2019. Not a
 * promise: a launcher must be ready before its first request is read.
 */
export function loadLibc(): Libc | null {
  if (process.platform !== "linux") return null;
  try {
    // `require` answers `any`; the package's own types say what it is.
    const { load, as, errno } = createRequire(import.meta.url)("koffi") as typeof Koffi;
    // Arrays of C end with a null pointer.
    return bind(load(null), { errno, strings: (texts) => as([...texts, null], "char **") });
  } catch {
    // Then Node's own spawn does it, which is slower and needs nothing.
    return null;
  }
}

interface Foreign {
  readonly errno: () => number;
  readonly strings: (texts: readonly string[]) => unknown;
}

/** The same in glibc and musl, on every processor that koffi has a binary for. */
const POSIX_SPAWN_SETSIGDEF = 0x04;
const POSIX_SPAWN_SETSIGMASK = 0x08;
const POSIX_SPAWN_SETSID = 0x80;
const O_CLOEXEC = 0o2000000;
const WNOHANG = 1;
/** `posix_spawnattr_t`, `posix_spawn_file_actions_t` and `sigset_t` are 336, 80 and 128 bytes or less. */
const ROOM_BYTES = 1024;

function bind(library: Koffi.LibraryHandle, { errno, strings }: Foreign): Libc {
  const calls = declare(library);
  const attributes = Buffer.alloc(ROOM_BYTES);
  // Not `sigfillset`: it leaves out two signals of glibc's own, which a child would then ignore.
  const everySignal = Buffer.alloc(ROOM_BYTES, 0xff);
  const noSignal = Buffer.alloc(ROOM_BYTES);
  calls.initAttributes(attributes);
  calls.setDefaults(attributes, everySignal);
  calls.setMask(attributes, noSignal);
  calls.setFlags(attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID);
  return {
    pipe() {
      const ends = Buffer.alloc(8);
      if (calls.pipe(ends, O_CLOEXEC) !== 0) throw new LibcError("pipe", errno());
      const [readEnd = -1, writeEnd = -1] = new Int32Array(ends.buffer, ends.byteOffset, 2);
      return { readEnd, writeEnd };
    },
    spawn({ path, argv, env, cwd, stdin, stdout, stderr }) {
      const actions = Buffer.alloc(ROOM_BYTES);
      calls.initActions(actions);
      if (stdin === null) calls.addOpen(actions, 0, "/dev/null", 0, 0);
      else calls.addDuplicate(actions, stdin, 0);
      calls.addDuplicate(actions, stdout, 1);
      calls.addDuplicate(actions, stderr, 2);
      calls.addFolder(actions, cwd);
      const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
      const processId = Buffer.alloc(4);
      const refusal = calls.spawn(processId, path, actions, attributes, strings(argv), strings(variables));
      calls.destroyActions(actions);
      if (refusal !== 0) throw new LibcError(`spawn ${path}`, refusal);
      return new Int32Array(processId.buffer, processId.byteOffset, 1)[0] ?? -1;
    },
    wait(processId) {
      const status = Buffer.alloc(4);
      const waited = calls.wait(processId, status, WNOHANG);
      if (waited < 0) throw new LibcError("waitpid", errno());
      return waited === 0 ? null : decodeStatus(new Int32Array(status.buffer, status.byteOffset, 1)[0] ?? 0);
    },
  };
}

/** What the calls take and answer; koffi's own types leave it open. @throws when the library lacks one */
interface Calls {
  readonly pipe: (ends: Buffer, flags: number) => number;
  readonly wait: (processId: number, status: Buffer, flags: number) => number;
  readonly spawn: (...spawned: SpawnArguments) => number;
  readonly initAttributes: (attributes: Buffer) => number;
  readonly setDefaults: (attributes: Buffer, signals: Buffer) => number;
  readonly setMask: (attributes: Buffer, signals: Buffer) => number;
  readonly setFlags: (attributes: Buffer, flags: number) => number;
  readonly initActions: (actions: Buffer) => number;
  readonly destroyActions: (actions: Buffer) => number;
  readonly addOpen: (actions: Buffer, ...open: readonly [number, string, number, number]) => number;
  readonly addDuplicate: (actions: Buffer, descriptor: number, as: number) => number;
  readonly addFolder: (actions: Buffer, folder: string) => number;
}

type SpawnArguments = readonly [
  processId: Buffer,
  path: string,
  actions: Buffer,
  attributes: Buffer,
  argv: unknown,
  variables: unknown,
];

function declare(library: Koffi.LibraryHandle): Calls {
  const attribute = (rest: string): string => `int posix_spawnattr_${rest}`;
  const action = (rest: string): string => `int posix_spawn_file_actions_${rest}`;
  return {
    pipe: library.func("int pipe2(void *ends, int flags)"),
    wait: library.func("int waitpid(int process_id, void *status, int flags)"),
    spawn: library.func(
      "int posix_spawn(void *process_id, str path, void *actions, void *attributes, void *arguments, void *variables)",
    ),
    initAttributes: library.func(attribute("init(void *attributes)")),
    setDefaults: library.func(attribute("setsigdefault(void *attributes, void *signals)")),
    setMask: library.func(attribute("setsigmask(void *attributes, void *signals)")),
    setFlags: library.func(attribute("setflags(void *attributes, short flags)")),
    initActions: library.func(action("init(void *actions)")),
    destroyActions: library.func(action("destroy(void *actions)")),
    addOpen: library.func(action("addopen(void *actions, int fd, str path, int flags, int mode)")),
    addDuplicate: library.func(action("adddup2(void *actions, int fd, int as)")),
    addFolder: library.func(action("addchdir_np(void *actions, str folder)")),
  };
}

/** The bits of wait(2): the low seven are the signal, the next eight the exit code. */
function decodeStatus(status: number): ExitStatus {
  const signal = status & 0x7f;
  if (signal === 0) return { code: (status >> 8) & 0xff, signal: null };
  const name = Object.entries(constants.signals).find(([, number]) => number === signal)?.[0];
  return { code: null, signal: name ?? `SIG${signal}` };
}
