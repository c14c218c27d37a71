import { type Speech, silentWords } from "../load-words.ts";
import { createDrawWords, type DrawWords } from "./draw-words.ts";

/** How the words of a draw's page come about. */
export const drawSpeech: Speech<DrawWords> = {
  silent: () => ({ ...silentWords(), sayOfDraw: () => "" }),
  create: createDrawWords,
};
