export {
  deleteMaintenance,
  type Maintenance,
  readMaintenance,
  writeMaintenance,
} from "./maintenance-store.ts";
export { type MaintenanceWatch, watchMaintenance } from "./watch-maintenance.ts";
