export { scheduleIssues, timeOf } from "./experience.ts";
export { registerExperienceRoutes } from "./experience-routes.ts";
export { type Placement, placeByItself, placeInSequence, removeImplied } from "./implied.ts";
export { registerSequenceRoutes } from "./sequence-routes.ts";
export { createThemes, type ThemeQuestion, type Themes } from "./themes.ts";
