export { createDemoShop, type DemoShop } from "./demo-shop.ts";
export { type Demo, makeDemo } from "./make-demo.ts";
