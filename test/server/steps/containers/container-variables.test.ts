import assert from "node:assert/strict";
import { clientVariables, containerVariables } from "#server/steps/containers/container-variables.js";

describe("containerVariables()", () => {
  it("writes one line each, as it is, and passes those of several lines", () => {
    assert.deepEqual(containerVariables({ A: ' "x" #y $Z ', PATH: "/bin", KEY: "one\ntwo", EMPTY: "" }), {
      fileText: 'A= "x" #y $Z \nPATH=/bin\nEMPTY=\n',
      passed: { KEY: "one\ntwo" },
    });
  });

  for (const name of [
    "LD_PRELOAD",
    "PATH",
    "DOCKER_HOST",
    "CONTAINERS_CONF",
    "https_proxy",
    "XDG_RUNTIME_DIR",
  ]) {
    it(`refuses ${name} of several lines, which would reach the engine's client`, () => {
      assert.throws(() => containerVariables({ [name]: "a\nb" }), {
        code: "container-refused",
        blame: "final",
        message: new RegExp(`^Cannot give "${name}" to the container: .*; rename it$`),
      });
    });
  }
});

describe("clientVariables()", () => {
  it("has what leads to engines and registries, and none of the service's own", () => {
    const environment = { PATH: "/bin", DOCKER_HOST: "tcp://x", HTTPS_PROXY: "p", XDG_RUNTIME_DIR: "/run" };
    const others = { HEADWATER_SECRET_KEY: "s", HEADWATER_TOKEN: "t", LD_PRELOAD: "x.so", NONE: undefined };
    assert.deepEqual(clientVariables({ ...environment, ...others }), environment);
  });
});
