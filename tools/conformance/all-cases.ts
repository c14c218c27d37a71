import { admissionCases } from "./cases/admission-cases.ts";
import { carryCases } from "./cases/carry-cases.ts";
import { credentialCases } from "./cases/credential-cases.ts";
import { drawCases } from "./cases/draw-cases.ts";
import { drawOutcomeCases } from "./cases/draw-outcome-cases.ts";
import { hookCases } from "./cases/hook-cases.ts";
import { keyCases } from "./cases/key-cases.ts";
import { lineCases } from "./cases/line-cases.ts";
import { mailCases } from "./cases/mail-cases.ts";
import { memberCases } from "./cases/member-cases.ts";
import { orderCases } from "./cases/order-cases.ts";
import { outageCases } from "./cases/outage-cases.ts";
import { quotaCases } from "./cases/quota-cases.ts";
import { resourceCases } from "./cases/resource-cases.ts";
import { stockCases } from "./cases/stock-cases.ts";
import { turnMailCases } from "./cases/turn-mail-cases.ts";
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
  ...carryCases,
  ...drawCases,
  ...drawOutcomeCases,
  ...quotaCases,
  ...admissionCases,
  ...orderCases,
  ...hookCases,
  ...resourceCases,
  ...stockCases,
  ...mailCases,
  ...memberCases,
  ...outageCases,
  ...webhookCases,
  ...turnMailCases,
];

/** Besides, every generic cause for every operation it applies to. */
export const allCases: readonly ConformanceCase[] = [...rowCases, ...genericCases()];
