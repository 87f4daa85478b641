export { ConfigError, resolveConfig } from "./config.js";
export type { Config, ConfigOptions } from "./config.js";
export { ServiceError } from "./errors.js";
export type { Log, LogFields } from "./log.js";
export { startService } from "./main.js";
export type { Service } from "./main.js";
export { backUpDatabase } from "./store/sqlite/backup.js";
export { seedRepository } from "./source/seed-repository.js";
export type { SeededRepository } from "./source/seed-repository.js";
