/** The header fields that gRPC defines (grpc's PROTOCOL-HTTP2.md). */
export const headerNames = {
  contentType: "content-type",
  te: "te",
  userAgent: "user-agent",
  status: "grpc-status",
  message: "grpc-message",
  timeout: "grpc-timeout",
  encoding: "grpc-encoding",
  acceptEncoding: "grpc-accept-encoding",
} as const;

/** The media type of gRPC. A suffix such as `+proto` or a parameter may follow it. */
export const contentType = "application/grpc";

/** Returns true for gRPC's media types. Those of gRPC-Web have the same prefix and are not among them. */
export function isGrpcContentType(value: string | undefined): boolean {
  if (value === undefined || !value.startsWith(contentType)) return false;
  const next = value[contentType.length];
  return next === undefined || next === "+" || next === ";";
}
