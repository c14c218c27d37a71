/** The ruleset of `npm run verify`: OpenAPI's recommended rules and all of OWASP's. Each override says why. */
const { oas } = require("@stoplight/spectral-rulesets");
const { schema } = require("@stoplight/spectral-functions");
const owasp = require("@stoplight/spectral-owasp-ruleset");

/** A rule as it is, for other places of the document. */
const at = (name, given) => ({ ...owasp.rules[name], given });

const limitedOperations = "$.paths[*][?(@ && @['x-rate-class'])]";
const operationsWithCredential =
  "$.paths[*][?(@ && @['x-access'] && @['x-access'] != 'anyone' && @['x-access'] != 'visitor')]";

module.exports = {
  extends: [
    [oas, "recommended"],
    [owasp, "all"],
  ],
  rules: {
    // Not among the recommended ones; ours have a description each.
    "oas3-parameter-description": "warn",
    // The rule wants one family of headers or the other, and on every operation. Ours has both, the usual X-RateLimit ones and
    // the IETF's pair, and some operations are not limited at all, such as health and the board, which is made for a CDN:
    // so all five headers, on the successes and the refusals of every operation that is limited.
    "owasp:api4:2023-rate-limit": {
      ...owasp.rules["owasp:api4:2023-rate-limit"],
      given: `${limitedOperations}.responses[?(@property.match(/^(2|4)/))]`,
      // biome-ignore lint/suspicious/noThenProperty: the word of the ruleset's format
      then: {
        field: "headers",
        function: schema,
        functionOptions: {
          schema: {
            type: "object",
            required: [
              "X-RateLimit-Limit",
              "X-RateLimit-Remaining",
              "X-RateLimit-Reset",
              "RateLimit-Policy",
              "RateLimit",
            ],
          },
        },
      },
    },
    // An operation that is not limited never answers 429.
    "owasp:api4:2023-rate-limit-responses-429": at(
      "owasp:api4:2023-rate-limit-responses-429",
      `${limitedOperations}.responses`,
    ),
    // An operation that takes no credential never refuses one.
    "owasp:api8:2023-define-error-responses-401": at(
      "owasp:api8:2023-define-error-responses-401",
      `${operationsWithCredential}.responses`,
    ),
  },
};
