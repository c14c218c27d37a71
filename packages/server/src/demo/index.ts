export { createDemoShop, type DemoShop } from "./demo-shop.ts";
export { type Demo, demoName, makeDemo } from "./make-demo.ts";
