export { ApiError, apiError, fillMessage, validationError } from "./api-error.ts";
export { prefersProblem } from "./negotiate.ts";
export { type RenderContext, type RenderedError, renderError, representKept } from "./render-error.ts";
