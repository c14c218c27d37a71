export { type Demo, makeDemo } from "./make-demo.ts";
