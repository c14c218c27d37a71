import { admissionCases } from "./cases/admission-cases.ts";
import { credentialCases } from "./cases/credential-cases.ts";
import { drawCases } from "./cases/draw-cases.ts";
import { drawOutcomeCases } from "./cases/draw-outcome-cases.ts";
import { keyCases } from "./cases/key-cases.ts";
import { lineCases } from "./cases/line-cases.ts";
import { mailCases } from "./cases/mail-cases.ts";
import { memberCases } from "./cases/member-cases.ts";
import { outageCases } from "./cases/outage-cases.ts";
import { quotaCases } from "./cases/quota-cases.ts";
import { resourceCases } from "./cases/resource-cases.ts";
import { unreadableCases } from "./cases/unreadable-cases.ts";
import { webhookCases } from "./cases/webhook-cases.ts";
import type { ConformanceCase } from "./conformance-case.ts";
import { genericCases } from "./generic-causes.ts";

/** One case or more for each row, the telling ones first: the first of a code is its example in the documentation. */
export const rowCases: readonly ConformanceCase[] = [
  ...unreadableCases,
  ...credentialCases,
  ...keyCases,
  ...lineCases,
  ...drawCases,
  ...drawOutcomeCases,
  ...quotaCases,
  ...admissionCases,
  ...resourceCases,
  ...mailCases,
  ...memberCases,
  ...outageCases,
  ...webhookCases,
];

/** Besides, every generic cause for every operation it applies to. */
export const allCases: readonly ConformanceCase[] = [...rowCases, ...genericCases()];
