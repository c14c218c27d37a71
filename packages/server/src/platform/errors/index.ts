export { ApiError, apiError, validationError } from "./api-error.ts";
export { type RenderedError, renderError } from "./render-error.ts";
