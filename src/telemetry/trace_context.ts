/** The trace context of a request, by W3C's Trace Context (https://www.w3.org/TR/trace-context/). @module */

/** The header that has the context. */
export const traceparentHeader = "traceparent";

/** The span of a caller, which spans of the server become children of. */
export interface TraceContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  /** True when the caller records its span. */
  readonly sampled: boolean;
}

/** Version, trace id, span id, flags. Later versions than 00 may have more after another `-` (section 3.2.2). */
const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

const SAMPLED = 1;

/** Parses a `traceparent` header. Returns undefined for a value that is to be ignored. */
export function parseTraceparent(text: unknown): TraceContext | undefined {
  const match = typeof text === "string" ? TRACEPARENT.exec(text) : null;
  if (match === null) return undefined;
  const [, version, traceId, spanId, flags, more] = match;
  if (version === "ff" || version === "00" && more !== undefined) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, sampled: (parseInt(flags, 16) & SAMPLED) !== 0 };
}

/** Formats a `traceparent` header. */
export function formatTraceparent({ traceId, spanId, sampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${sampled ? "01" : "00"}`;
}
