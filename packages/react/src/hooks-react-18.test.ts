// @vitest-environment happy-dom
import { version } from "react";
import { expect, it, vi } from "vitest";
import { describeEverything } from "./testing/cases.ts";

vi.mock("react", () => vi.importActual("../../../tools/react-18/node_modules/react/index.js"));
vi.mock("react-dom/client", () =>
  vi.importActual("../../../tools/react-18/node_modules/react-dom/client.js"),
);
vi.mock("react-dom/server", () =>
  vi.importActual("../../../tools/react-18/node_modules/react-dom/server.node.js"),
);

it("runs with React 18", () => expect(version).toMatch(/^18\./));
describeEverything();
