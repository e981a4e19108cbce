/** X.509: certificates and certification requests for keys that this program holds (RFC 5280, RFC 2986). @module */
export {
  type CertificateOptions,
  encodeCertificate,
  issueCertificate,
  type Issuer,
} from "./certificate.ts";
export { type DistinguishedName, parseDistinguishedName } from "./name.ts";
export {
  certificationRequest,
  encodeCertificationRequest,
  type RequestOptions,
} from "./request.ts";
export { formatDistinguishedName } from "./read_name.ts";
export { readSubjectNames, type SubjectNames } from "./subject_names.ts";
