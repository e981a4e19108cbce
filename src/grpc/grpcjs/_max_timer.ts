/** The longest delay of `setTimeout`, almost 25 days. As a limit, grpc-js treats it as none. */
export const MAX_TIMER_MS = 2 ** 31 - 1;
