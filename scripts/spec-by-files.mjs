import Mocha from "mocha";

/** Mocha's `spec`, which also names the file whose process ended before its tests did, or that cannot be loaded. */
export default class SpecByFiles extends Mocha.reporters.Spec {
  constructor(runner, options) {
    // Before `spec` itself hears of it.
    runner.on("fail", (test, { file }) => {
      if (file !== undefined) test.title += `: ${file}`;
    });
    super(runner, options);
  }
}
