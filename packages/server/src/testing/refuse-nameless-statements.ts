/** Runs before every test file: at its end nothing may have acted for an organization without naming it. */
import { afterAll } from "vitest";
import { refuseNamelessStatements } from "./nameless-statements.ts";

afterAll(refuseNamelessStatements);
