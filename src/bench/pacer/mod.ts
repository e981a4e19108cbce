/** When requests are due: schedules, and pacers that follow them. @module */
export * from "./pacer.ts";
export * from "./schedule.ts";
