export { ApiError, apiError, fillMessage, validationError } from "./api-error.ts";
export { chooseByLanguage, prefersProblem, wishedLanguages } from "./negotiate.ts";
export { type RenderContext, type RenderedError, renderError, representKept } from "./render-error.ts";
