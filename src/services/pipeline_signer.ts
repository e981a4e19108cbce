/** The signer of pipelines: signs and verifies as SigningService does, for the caller of the pipeline. @module */
import type { SignatureFormat, SignRequest } from "../api/mod.ts";
import type { KeyRing, KeyType } from "../crypto/mod.ts";
import { asBuffer, type CallContext, type WorkUnit } from "../grpc/mod.ts";
import type { Signer, SigningTask } from "../pipeline/mod.ts";
import type { FindPermissions } from "./access.ts";
import type { SigningAudit } from "./audit.ts";
import {
  reported,
  type SignatureReport,
  signingUnit,
  verify,
  verifyingCostClass,
} from "./signing.ts";
import { wireKeyType } from "./wire_names.ts";

/** The parts of SigningService that a pipeline signs with. */
export interface SigningParts {
  readonly ring: KeyRing;
  readonly permissionsOf: FindPermissions;
  readonly audit: SigningAudit | undefined;
  readonly onSigned: SignatureReport | undefined;
}

/**
 * Makes the signer of one call. Each signature needs the permission for its key at its time, has a line in the audit
 * log, and takes its turn among the signatures of other calls.
 */
export function signerOf(
  { ring, permissionsOf, audit, onSigned = () => {} }: SigningParts,
  context: CallContext,
): Signer {
  const audited = audit?.begin(context);
  return {
    async sign(task) {
      using lease = ring.lease();
      const unit = signingUnit(
        ...[lease.keys, requestOf(task), permissionsOf(context), audited, task.version] as const,
      );
      return reported(onSigned, await inTurn(context, unit)).signature!;
    },
    async verify(task, signature) {
      using lease = ring.lease();
      const request = {
        ...requestOf(task),
        signature: asBuffer(signature),
        keyVersion: task.version,
      };
      const permissions = permissionsOf(context);
      const { keyVersion } = await inTurn(context, {
        costClass: verifyingCostClass(lease.keys, request, permissions),
        run: () => verify(lease.keys, request, permissions),
      });
      return keyVersion!;
    },
  };
}

async function inTurn<T>(context: CallContext, unit: WorkUnit<T>): Promise<T> {
  const [settled] = await context.runInTurn([unit]);
  if (settled!.status === "rejected") throw settled!.reason;
  return settled!.value;
}

const formats = {
  der: "SIGNATURE_FORMAT_DER",
  p1363: "SIGNATURE_FORMAT_P1363",
} as const satisfies Record<SigningTask["format"], SignatureFormat>;

function requestOf({ key, algorithm, format, input, bytes }: SigningTask): SignRequest {
  const value = asBuffer(bytes);
  return {
    algorithm: algorithm as SignRequest["algorithm"] ?? "SIGNING_ALGORITHM_UNSPECIFIED",
    signatureFormat: formats[format],
    ..."id" in key
      ? { key: "keyId", keyId: key.id } as const
      : { key: "keyType", keyType: wireKeyType(key.type as KeyType) } as const,
    ...input === "message"
      ? { input: "message", message: value } as const
      : { input: "digest", digest: value } as const,
  };
}
