/** The due times of requests: schedules and pacers. @module */
export * from "./pacer.ts";
export * from "./schedule.ts";
