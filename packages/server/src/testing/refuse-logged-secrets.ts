/** Runs before every test file: at its end no log of its servers may hold a secret. */
import { afterAll } from "vitest";
import { refuseLoggedSecrets } from "./logged-secrets.ts";

afterAll(refuseLoggedSecrets);
