/** A software bill of materials in CycloneDX 1.6, ECMA-424. @module */
import { createHash } from "node:crypto";
import type { Component } from "./components.ts";

/** The program that the bill is of. */
export interface Subject {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly commit: string;
  /** The date of the commit, in RFC 3339. */
  readonly date: string;
  /** The ids of the components that it needs. */
  readonly needs: readonly string[];
}

/** Returns the bill as a JSON document. Equal components make equal documents. */
export function cycloneDx(subject: Subject, components: readonly Component[]): object {
  const self = `${subject.name}@${subject.version}`;
  const content = {
    metadata: {
      timestamp: new Date(subject.date).toISOString(),
      component: {
        "type": "application",
        "bom-ref": self,
        "name": subject.name,
        "version": subject.version,
        "licenses": [licence(subject.licence)],
        "properties": [{ name: "signer:commit", value: subject.commit }],
      },
    },
    components: components.map(({ id, name, version, licence: expression, purl, sha512 }) => ({
      "type": "library",
      "bom-ref": id,
      ...groupAndName(name),
      version,
      ...sha512 === undefined ? {} : { hashes: [{ alg: "SHA-512", content: sha512 }] },
      licenses: [licence(expression)],
      purl,
    })),
    dependencies: [
      { ref: self, dependsOn: subject.needs },
      ...components.map(({ id, needs }) => ({ ref: id, dependsOn: needs })),
    ],
  };
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: serialNumber(JSON.stringify(content)),
    version: 1,
    ...content,
  };
}

/** An SPDX id, or an expression of several. */
function licence(expression: string): object {
  return /^[\w.+-]+$/.test(expression) ? { license: { id: expression } } : { expression };
}

function groupAndName(name: string): object {
  const [, group, rest] = /^(@[^/]+)\/(.+)$/.exec(name) ?? [];
  return group === undefined ? { name } : { group, name: rest };
}

/** A UUID of version 8 (RFC 9562), made of the content's hash. */
function serialNumber(content: string): string {
  const bytes = createHash("sha256").update(content).digest().subarray(0, 16);
  bytes[6] = bytes[6] & 0x0f | 0x80;
  bytes[8] = bytes[8] & 0x3f | 0x80;
  const hex = bytes.toString("hex");
  const parts = [[0, 8], [8, 12], [12, 16], [16, 20], [20, 32]].map(([a, b]) => hex.slice(a, b));
  return `urn:uuid:${parts.join("-")}`;
}
