import { describeStoreConformance } from "../store-conformance.js";
import { createSqliteWorld } from "./sqlite-world.js";

describeStoreConformance("SQLite", createSqliteWorld);
