/** Launches, and the access paths inside them. */
import * as v from "valibot";
import { id } from "../fields.ts";
import * as shapes from "../resources.ts";
import { listQuery, type OperationShape, secretGeneral } from "./operation-shape.ts";

const experienceListQuery = v.object({
  ...listQuery,
  status: v.optional(v.picklist(["SCHEDULED", "OPEN", "CLOSED"])),
});
const sequenceListQuery = v.object({ ...listQuery, experienceId: v.optional(id("experience")) });
const experienceErrors = ["EXPERIENCE_NOT_FOUND", "OTHER_ORGANIZATION"] as const;
const sequenceErrors = ["SEQUENCE_NOT_FOUND", "OTHER_ORGANIZATION"] as const;

export const experienceOperations = {
  // --- experiences ---
  createExperience: {
    ...secretGeneral,
    method: "POST",
    path: "/api/v1/experiences",
    tag: "experiences",
    summary: "Create an experience, with the products that it offers",
    body: shapes.experienceCreate,
    status: 201,
    answer: shapes.experience,
    idempotent: true,
    errors: ["ALREADY_EXISTS", "INVALID_STATE"],
  },
  listExperiences: {
    ...secretGeneral,
    method: "GET",
    path: "/api/v1/experiences",
    tag: "experiences",
    summary: "List experiences, newest first, without what they offer",
    query: experienceListQuery,
    status: 200,
    answer: shapes.listOf(shapes.listedExperience),
    errors: [],
  },
  readExperience: {
    method: "GET",
    path: "/api/v1/experiences/{experienceId}",
    tag: "experiences",
    summary: "Read an experience and what it offers",
    access: "publishable",
    rateClass: "general",
    status: 200,
    answer: v.union([shapes.experience, shapes.publicExperience]),
    errors: [...experienceErrors],
  },
  updateExperience: {
    ...secretGeneral,
    method: "PATCH",
    path: "/api/v1/experiences/{experienceId}",
    tag: "experiences",
    summary: "Change an experience by a merge patch",
    body: shapes.experiencePatch,
    status: 200,
    answer: shapes.experience,
    ifMatch: true,
    errors: [...experienceErrors, "INVALID_STATE"],
  },
  deleteExperience: {
    ...secretGeneral,
    method: "DELETE",
    path: "/api/v1/experiences/{experienceId}",
    tag: "experiences",
    summary: "Delete an experience that has no sequences",
    status: 204,
    ifMatch: true,
    errors: [...experienceErrors, "RESOURCE_IN_USE"],
  },

  // --- sequences ---
  createSequence: {
    ...secretGeneral,
    method: "POST",
    path: "/api/v1/sequences",
    tag: "sequences",
    summary: "Create a sequence inside an experience",
    body: shapes.sequenceCreate,
    status: 201,
    answer: shapes.sequence,
    idempotent: true,
    errors: ["ALREADY_EXISTS"],
  },
  listSequences: {
    ...secretGeneral,
    method: "GET",
    path: "/api/v1/sequences",
    tag: "sequences",
    summary: "List sequences, newest first",
    query: sequenceListQuery,
    status: 200,
    answer: shapes.listOf(shapes.sequence),
    errors: [],
  },
  readSequence: {
    ...secretGeneral,
    method: "GET",
    path: "/api/v1/sequences/{sequenceId}",
    tag: "sequences",
    summary: "Read a sequence",
    status: 200,
    answer: shapes.sequence,
    errors: [...sequenceErrors],
  },
  updateSequence: {
    ...secretGeneral,
    method: "PATCH",
    path: "/api/v1/sequences/{sequenceId}",
    tag: "sequences",
    summary: "Change a sequence by a merge patch",
    body: shapes.sequencePatch,
    status: 200,
    answer: shapes.sequence,
    ifMatch: true,
    errors: [...sequenceErrors],
  },
  deleteSequence: {
    ...secretGeneral,
    method: "DELETE",
    path: "/api/v1/sequences/{sequenceId}",
    tag: "sequences",
    summary: "Delete a sequence that has no distributions",
    status: 204,
    ifMatch: true,
    errors: [...sequenceErrors, "RESOURCE_IN_USE"],
  },
} as const satisfies Record<string, OperationShape>;
