// @vitest-environment happy-dom
import { version } from "react";
import { expect, it } from "vitest";
import { describeEverything } from "./testing/cases.ts";

it("runs with React 19", () => expect(version).toMatch(/^19\./));
describeEverything();
